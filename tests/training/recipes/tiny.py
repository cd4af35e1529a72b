"""A small net with dropout, distilled on part of digits: for the tests."""

import dataclasses
import time

import keras

from kerassnn import data
from kerassnn import distillation
from kerassnn import models
from kerassnn import training


@dataclasses.dataclass(frozen=True)
class Config(training.Config):
    epochs: int = 3
    batch_size: int = 32
    learning_rate: float = 0.05
    train_examples: int = 640
    validation: int = 100
    checkpoint_seconds: float = 0.0
    jit_compile: bool = False
    width: int = 4
    pause: float = 0.0
    ema: float = 0.0  # of the weights, 0 for none
    teacher: str = ""
    warmup: float = 0.1


CONFIG = Config()
SMOKE = {"epochs": 1, "train_examples": 64}


def net(width=4, name="net"):
    inputs = keras.Input((8, 8, 1))
    x = keras.layers.Conv2D(width, 3, strides=2)(inputs)
    x = keras.layers.BatchNormalization()(x)
    x = keras.layers.ReLU()(x)
    x = keras.layers.Dropout(0.2, seed=1)(keras.layers.Flatten()(x))
    logits = keras.layers.Dense(10, name="logits")(x)
    return keras.Model(inputs, logits, name=name)


def student(cfg):
    return models.Builder(net, width=cfg.width)


def build(cfg):
    def augment(x, y, rng):
        time.sleep(cfg.pause)
        return data.Augment(crop=1, flip=False)(x, y, rng)

    splits = data.load("digits", validation=cfg.validation)
    train = data.Pipeline(
        *training.first(splits.train, cfg.train_examples),
        cfg.batch_size,
        augment=augment,
        normalise=splits.normalise,
        seed=cfg.seed,
        one_hot=splits.classes,
    )
    teacher = training.load_teacher(
        cfg.teacher, models.Builder(net, name="teacher")
    )
    distiller = distillation.LogitsKD(student(cfg)(), teacher)
    schedule = training.cosine(cfg, train.steps, cfg.warmup)
    optimizer = keras.optimizers.SGD(
        schedule,
        momentum=cfg.momentum,
        use_ema=cfg.ema > 0,
        ema_momentum=cfg.ema,
    )
    training.compile(distiller, cfg, schedule, optimizer)
    return distiller, training.Data.of(splits, train)
