"""ResNet-8, the SNN, on digits, by labels alone: what distilling is judged by.

Paper:    none; the common baseline.
Data:     digits (scikit-learn), 1,437 training and 360 test images, 8x8.
Hardware: 2 CPU cores, TensorFlow 2.21.
Time:     20 s of CPU time, start included.
Accuracy: 95.00 % (seed 0, one run).

    python recipes/resnet8_hardlabel_digits.py --seed=0
"""

import dataclasses

from kerassnn import data
from kerassnn import distillation
from kerassnn import layers
from kerassnn import models
from kerassnn import training


@dataclasses.dataclass(frozen=True)
class Config(training.Config):
    epochs: int = 15
    batch_size: int = 64
    learning_rate: float = 0.1
    width: int = 16
    timesteps: int = 2


CONFIG = Config()
SMOKE = dataclasses.replace(CONFIG, epochs=1, width=4, train_examples=128)


def student(cfg):
    return training.Builder(
        models.ResNet8,
        timesteps=cfg.timesteps,
        neuron=layers.LIF.sastc(),
        width=cfg.width,
        weight_decay=cfg.weight_decay,
    )


def build(cfg):
    splits = data.load("digits", validation=cfg.validation)
    train = data.Pipeline(
        *training.first(splits.train, cfg.train_examples),
        cfg.batch_size,
        augment=data.Augment(crop=1, flip=False, pad="zeros"),
        normalise=splits.normalise,
        drop_remainder=True,
        seed=cfg.seed,
        one_hot=splits.classes,
    )
    distiller = distillation.HardLabel(student(cfg)())
    training.compile(distiller, cfg, training.cosine(cfg, train.steps, 0.1))
    return distiller, training.Data.of(splits, train)


if __name__ == "__main__":
    training.main(__file__)
