"""A small net on images that are streamed from records: for the tests."""

import dataclasses

import keras

from kerassnn import distillation
from kerassnn import models
from kerassnn import training


@dataclasses.dataclass(frozen=True)
class Config(training.RecordsConfig):
    epochs: int = 2
    batch_size: int = 8
    size: int = 16
    workers: int = 2
    checkpoint_seconds: float = 0.0
    jit_compile: bool = False

    UNUSED = (
        *training.RecordsConfig.UNUSED,
        *training.RecordsConfig.TEACHING,
        *("timesteps", "width"),
    )


CONFIG = Config()


def net(classes=1000, name="net"):
    inputs = keras.Input((16, 16, 3))
    x = keras.layers.Conv2D(8, 3, strides=2)(inputs)
    x = keras.layers.BatchNormalization()(x)
    x = keras.layers.ReLU()(x)
    x = keras.layers.Dropout(0.2, seed=1)(keras.layers.Flatten()(x))
    logits = keras.layers.Dense(classes, name="logits")(x)
    return keras.Model(inputs, logits, name=name)


def student(cfg):
    return models.Builder(net, classes=cfg.classes)


def method(cfg, student, teacher):
    return distillation.HardLabel(student)


def needs_teacher(cfg):
    return False
