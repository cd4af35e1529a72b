"""ResNet-19 with STAA's attention, an SNN, on CIFAR-100, distilled.

Paper:    Zhang et al., CVPR 2025, arXiv 2503.02689: 82.05 % on CIFAR-100 at
          T=4, without a teacher. Ours has one, and starts from its
          weights; STAA's own modules start anew.
Data:     CIFAR-100, 50,000 training and 10,000 test images.
Hardware: made for one GPU; not measured yet.
Time:     not measured yet.
Accuracy: not measured yet.

    KERAS_BACKEND=jax python recipes/staaresnet19_kd_cifar100.py --seed=0
"""

import dataclasses

import keras

from kerassnn import data
from kerassnn import distillation
from kerassnn import models
from kerassnn import training
from kerassnn import zoo


@dataclasses.dataclass(frozen=True)
class Config(training.Config):
    epochs: int = 45
    batch_size: int = 250
    learning_rate: float = 0.1
    warmup: float = 0.1  # share of the steps
    clip: float = 1.0  # largest norm of all gradients together
    ema: float = 0.99  # of the weights, a step; 0 for none
    policy: str = "auto"  # AutoAugment; "rand" for RandAugment, "" for none
    cutout: int = 16
    workers: int = 8  # threads that augment
    precision: str = "mixed_bfloat16"
    checkpoint_seconds: float = 45.0
    width: int = 128
    timesteps: int = 4
    teacher: str = "resnet19_ann_cifar100"
    warm_start: bool = True
    temperature: float = 4.0
    kd: float = 1.0


CONFIG = Config()
SMOKE = dataclasses.replace(
    CONFIG,
    epochs=1,
    batch_size=64,
    train_examples=256,
    precision="float32",
    workers=1,
    width=4,
    teacher="",
)


def student(cfg):
    return training.Builder(
        models.STAAResNet19,
        classes=100,
        timesteps=cfg.timesteps,
        width=cfg.width,
        stem_width=cfg.width // 2,
        weight_decay=cfg.weight_decay,
    )


def teacher_of(cfg):
    untrained = training.Builder(
        models.ResNet19,
        classes=100,
        width=cfg.width,
        stem_width=cfg.width // 2,
    )
    return training.load_teacher(cfg.teacher, zoo.load, untrained)


def build(cfg):
    splits = data.load(
        "cifar100", data_dir=cfg.data_dir or None, validation=cfg.validation
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
    net, teacher = student(cfg)(), teacher_of(cfg)
    if cfg.warm_start:
        models.transfer(teacher, net)
    distiller = distillation.LogitsKD(
        net,
        teacher,
        temperature=cfg.temperature,
        weights={"kd": cfg.kd},
    )
    schedule = training.cosine(cfg, train.steps, cfg.warmup)
    optimizer = keras.optimizers.SGD(
        schedule,
        momentum=cfg.momentum,
        nesterov=True,
        global_clipnorm=cfg.clip or None,
        use_ema=cfg.ema > 0,
        ema_momentum=cfg.ema,
    )
    training.compile(distiller, cfg, schedule, optimizer)
    return distiller, training.Data.of(splits, train)


if __name__ == "__main__":
    training.main(__file__)
