"""ResNet-19, the ANN, on CIFAR-10: the teacher of the SASTC student.

Paper:    Hong and Wang, AAAI 2025, arXiv 2501.08049; the teacher's row is not
          known to us. Recipe and layout are those of its released code.
Data:     CIFAR-10, 50,000 training and 10,000 test images.
Hardware: not measured yet.
Time:     not measured yet.
Accuracy: not measured yet; 47.36 % after one epoch at --width=16 (seed 0).

    python recipes/resnet19_ann_cifar10.py --seed=0
"""

import dataclasses

from kerassnn import data
from kerassnn import distillation
from kerassnn import models
from kerassnn import training


@dataclasses.dataclass(frozen=True)
class Config(training.Config):
    epochs: int = 300
    batch_size: int = 128
    learning_rate: float = 0.1
    width: int = 128


CONFIG = Config()
SMOKE = dataclasses.replace(CONFIG, epochs=1, width=4, train_examples=256)


def student(cfg):
    return training.Builder(
        models.ResNet19,
        width=cfg.width,
        stem_width=cfg.width // 2,
        weight_decay=cfg.weight_decay,
    )


def build(cfg):
    splits = data.load(
        "cifar10", data_dir=cfg.data_dir or None, validation=cfg.validation
    )
    train = data.Pipeline(
        *training.first(splits.train, cfg.train_examples),
        cfg.batch_size,
        augment=data.Augment(crop=4, flip=True, pad="zeros"),
        normalise=splits.normalise,
        drop_remainder=True,
        seed=cfg.seed,
        one_hot=splits.classes,
    )
    distiller = distillation.HardLabel(student(cfg)())
    shares = (0.5, 0.6, 0.7)  # epochs 150, 180 and 210 of 300
    schedule = training.steps_down(cfg, train.steps, shares)
    training.compile(distiller, cfg, schedule)
    return distiller, training.Data.of(splits, train)


if __name__ == "__main__":
    training.main(__file__)
