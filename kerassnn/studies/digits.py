import dataclasses
from typing import Any

from kerassnn import models
from kerassnn.training import ImageConfig


@dataclasses.dataclass(frozen=True)
class Digits(ImageConfig):
    """What a study of small trainings is given, by default on digits.

    Fields and limits are those of `ImageConfig`; the optimizer is Adam, since
    the losses of the methods differ in scale by a thousand on 8x8 images.
    """

    dataset: str = "digits"
    epochs: int = 10
    batch_size: int = 128
    learning_rate: float = 1e-2
    weight_decay: float = 0.0
    crop: int = 0
    flip: bool = False
    optimizer: str = "adam"
    jit_compile: bool = False
    teacher: str = "resnet8_ann_digits"
    width: int = 8
    timesteps: int = 2


def resnet8(cfg: Digits, **arguments: Any) -> models.Builder:
    """The student of these studies: ResNet-8, as wide and long as it says.

    Args:
        cfg: A study's config.
        **arguments: Others of `models.ResNet8`, its neuron or its flow.
    """
    return models.Builder(
        models.ResNet8,
        classes=cfg.classes,
        width=cfg.width,
        timesteps=cfg.timesteps,
        **arguments,
    )
