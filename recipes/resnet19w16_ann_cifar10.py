"""ResNet-19 at an eighth of its width, the ANN, on CIFAR-10.

Teacher of the league that `compare_methods_cifar10` trains on a CPU.

Paper:    none; a recipe of our own.
Data:     CIFAR-10, 50,000 training and 10,000 test images.
Hardware: 2 CPU cores with AVX-512 BF16.
Time:     not measured yet.
Accuracy: not measured yet.

    python recipes/resnet19w16_ann_cifar10.py --seed=0
"""

import dataclasses

import keras

from kerassnn import data
from kerassnn import distillation
from kerassnn import models
from kerassnn import training


@dataclasses.dataclass(frozen=True)
class Config(training.Config):
    epochs: int = 40
    batch_size: int = 64
    learning_rate: float = 0.08
    warmup: float = 0.1  # share of the steps
    precision: str = "mixed_bfloat16"
    jit_compile: bool = False
    width: int = 16


CONFIG = Config()
SMOKE = dataclasses.replace(
    CONFIG, epochs=1, width=4, train_examples=256, precision="float32"
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
        augment=data.Augment(crop=4, flip=True),
        normalise=splits.normalise,
        drop_remainder=True,
        seed=cfg.seed,
        one_hot=splits.classes,
    )
    distiller = distillation.HardLabel(student(cfg)())
    schedule = training.cosine(cfg, train.steps, cfg.warmup)
    optimizer = keras.optimizers.SGD(
        schedule, momentum=cfg.momentum, nesterov=True
    )
    training.compile(distiller, cfg, schedule, optimizer)
    return distiller, training.Data.of(splits, train)


if __name__ == "__main__":
    training.main(__file__)
