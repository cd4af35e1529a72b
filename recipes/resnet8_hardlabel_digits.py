"""ResNet-8, the SNN, on digits, by labels alone: what distilling is judged by.

Paper:    none; the common baseline.
Data:     digits (scikit-learn), 1,437 training and 360 test images, 8x8.
Hardware: 2 CPU cores, TensorFlow 2.21.
Time:     20 s of CPU time, start included.
Accuracy: zoo/RESULTS.md, mean of 3 seeds.

    python recipes/resnet8_hardlabel_digits.py --seed=0
"""

import dataclasses

from kerassnn import data
from kerassnn import distillation
from kerassnn import layers
from kerassnn import models
from kerassnn import training
from kerassnn import zoo


@dataclasses.dataclass(frozen=True)
class Config(training.Config):
    epochs: int = 15
    batch_size: int = 64
    learning_rate: float = 0.1
    width: int = 16
    timesteps: int = 2
    start: str = "resnet8_ann_digits"  # of a warm start


CONFIG = Config()
SMOKE = dataclasses.replace(
    CONFIG, epochs=1, width=4, train_examples=128, start=""
)


def student(cfg):
    return training.Builder(
        models.ResNet8,
        timesteps=cfg.timesteps,
        neuron=layers.LIF.sastc(),
        width=cfg.width,
        weight_decay=cfg.weight_decay,
    )


def start_of(cfg):
    untrained = training.Builder(models.ResNet8, width=cfg.width)
    return training.load_teacher(cfg.start, zoo.load, untrained)


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
    net = student(cfg)()
    if cfg.warm_start:
        models.transfer(start_of(cfg), net)
    distiller = distillation.HardLabel(net)
    training.compile(distiller, cfg, training.cosine(cfg, train.steps, 0.1))
    return distiller, training.Data.of(splits, train)


if __name__ == "__main__":
    training.main(__file__)
