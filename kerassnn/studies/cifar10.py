import dataclasses
from typing import Any

from kerassnn import data
from kerassnn import models
from kerassnn import training


@dataclasses.dataclass(frozen=True)
class Cifar10(training.ImageConfig):
    """What a study of short trainings on CIFAR-10 is given.

    Fields and limits are those of `ImageConfig`. The student is that of
    `recipes/compare_methods.py`; its accuracy is that of training images
    which it did not train on, so that no test image has a say in a recipe.
    The default teacher did train on them, and has 96.5 % of them right.
    """

    batch_size: int = 64
    clip: float = 1.0
    precision: str = "mixed_bfloat16"
    jit_compile: bool = False
    teacher: str = "resnet19w16_ann_cifar10"
    warm_start: bool = True
    timesteps: int = 2
    validation: int = 5000


def resnet19(cfg: Cifar10, **arguments: Any) -> models.Builder:
    """The student of these studies: ResNet-19, as wide and long as it says.

    Args:
        cfg: A study's config.
        **arguments: Others of `models.ResNet19`, its neuron or its flow.
    """
    return models.Builder(
        models.ResNet19,
        classes=cfg.classes,
        width=cfg.width,
        stem_width=cfg.width // 2,
        timesteps=cfg.timesteps,
        weight_decay=cfg.weight_decay,
        **arguments,
    )


def on_held_out(splits: data.Splits, train: data.Pipeline) -> training.Data:
    """`training.Data` whose test images are those held out of training.

    Args:
        splits: What `data.load(...).hold_out(n)` gives, n > 0.
        train: The training images.

    Raises:
        ValueError: if nothing was held out.
    """
    if splits.validation is None:
        raise ValueError(
            "expected images held out of training, received: validation=0"
        )
    splits = dataclasses.replace(
        splits, test=splits.validation, validation=None
    )
    return training.Data.of(splits, train)
