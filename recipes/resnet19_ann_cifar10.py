"""ResNet-19, the ANN, on CIFAR-10: the teacher of the students of that size.

Paper:    none; a recipe of our own, for a few minutes of one GPU. The layout
          is that of SASTC's teacher: a stem of half width, a linear head.
Data:     CIFAR-10, 50,000 training and 10,000 test images.
Hardware: made for one GPU; not measured yet.
Time:     not measured yet.
Accuracy: not measured yet.

    KERAS_BACKEND=jax python recipes/resnet19_ann_cifar10.py --seed=0
"""

import dataclasses

import keras

from kerassnn import data
from kerassnn import distillation
from kerassnn import models
from kerassnn import training


@dataclasses.dataclass(frozen=True)
class Config(training.Config):
    epochs: int = 100
    batch_size: int = 500
    learning_rate: float = 0.4
    warmup: float = 0.1  # share of the steps
    ema: float = 0.99  # of the weights, a step; 0 for none
    policy: str = "auto"  # AutoAugment; "rand" for RandAugment, "" for none
    cutout: int = 16
    workers: int = 8  # threads that augment
    precision: str = "mixed_bfloat16"
    checkpoint_seconds: float = 45.0
    width: int = 128


CONFIG = Config()
SMOKE = dataclasses.replace(
    CONFIG,
    epochs=1,
    batch_size=64,
    train_examples=256,
    precision="float32",
    workers=1,
    width=4,
)


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
        augment=data.Augment(
            policy=data.policy(cfg.policy, splits.fill),
            cutout=cfg.cutout,
            fill=splits.fill,
        ),
        normalise=splits.normalise,
        drop_remainder=True,
        seed=cfg.seed,
        one_hot=splits.classes,
        workers=cfg.workers,
    )
    distiller = distillation.HardLabel(student(cfg)())
    schedule = training.cosine(cfg, train.steps, cfg.warmup)
    optimizer = keras.optimizers.SGD(
        schedule,
        momentum=cfg.momentum,
        nesterov=True,
        use_ema=cfg.ema > 0,
        ema_momentum=cfg.ema,
    )
    training.compile(distiller, cfg, schedule, optimizer)
    return distiller, training.Data.of(splits, train)


if __name__ == "__main__":
    training.main(__file__)
