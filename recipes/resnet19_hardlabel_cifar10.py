"""ResNet-19, the SNN, on CIFAR-10, by labels alone: the twin of SASTC's.

Paper:    none; the recipe of resnet19_sastc_cifar10 without a teacher.
Data:     CIFAR-10, 50,000 training and 10,000 test images.
Hardware: not measured yet.
Time:     not measured yet.
Accuracy: not measured yet.

    python recipes/resnet19_hardlabel_cifar10.py --seed=0
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
    epochs: int = 240
    batch_size: int = 64
    learning_rate: float = 0.01
    width: int = 128
    timesteps: int = 2
    start: str = "resnet19_ann_cifar10"  # of a warm start


CONFIG = Config()
SMOKE = dataclasses.replace(
    CONFIG, epochs=1, width=4, train_examples=256, start=""
)


def student(cfg):
    return training.Builder(
        models.ResNet19,
        timesteps=cfg.timesteps,
        neuron=layers.LIF.sastc(),
        width=cfg.width,
        stem_width=cfg.width // 2,
        hidden=2 * cfg.width,
        hidden_norm=False,
        weight_decay=cfg.weight_decay,
    )


def start_of(cfg):
    untrained = training.Builder(
        models.ResNet19, width=cfg.width, stem_width=cfg.width // 2
    )
    return training.load_teacher(cfg.start, zoo.load, untrained)


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
    net = student(cfg)()
    if cfg.warm_start:
        models.transfer(start_of(cfg), net, may_differ=("head", "hidden"))
    distiller = distillation.HardLabel(net)
    shares = (0.625, 0.75, 0.875)  # epochs 150, 180 and 210 of 240
    schedule = training.steps_down(cfg, train.steps, shares)
    training.compile(distiller, cfg, schedule)
    return distiller, training.Data.of(splits, train)


if __name__ == "__main__":
    training.main(__file__)
