"""ResNet-19 at an eighth of its width, the SNN, on CIFAR-10, by SASTC.

Everything is as in `compare_methods_cifar10` but for the weight of the
features, so that its plain twin is that comparison's `HardLabel`.

Paper:    Hong and Wang, AAAI 2025, arXiv 2501.08049: 95.12 % on CIFAR-10 at
          T=2, of a student and a teacher that are not named.
Data:     CIFAR-10, 50,000 training and 10,000 test images.
Hardware: 2 CPU cores with AVX-512 BF16.
Time:     on the card of the entry, with its accuracy.
Accuracy: zoo/resnet19w16_sastc_cifar10/README.md

    python recipes/resnet19w16_sastc_cifar10.py --seed=0
"""

import dataclasses

import keras

from kerassnn import data
from kerassnn import distillation
from kerassnn import layers
from kerassnn import models
from kerassnn import training
from kerassnn import zoo


@dataclasses.dataclass(frozen=True)
class Config(training.Config):
    epochs: int = 10
    batch_size: int = 64
    learning_rate: float = 0.1
    warmup: float = 0.1  # share of the steps
    clip: float = 1.0  # largest norm of all gradients together
    precision: str = "mixed_bfloat16"
    jit_compile: bool = False
    warm_start: bool = True
    width: int = 16
    timesteps: int = 2
    teacher: str = "resnet19w16_ann_cifar10"
    # 800 in the released scripts. 5 keeps the regressors' gradients, 1.2 for
    # a weight of 1, below those of the logits, 16.5: all share the clipped
    # norm. See FINDINGS.md.
    feature: float = 5.0


CONFIG = Config()
SMOKE = dataclasses.replace(
    CONFIG,
    epochs=1,
    width=4,
    train_examples=256,
    teacher="",
    precision="float32",
    feature=1e-6,  # an untrained teacher has huge features
)


def student(cfg):
    return training.Builder(
        models.ResNet19,
        timesteps=cfg.timesteps,
        neuron=layers.LIF(),
        width=cfg.width,
        stem_width=cfg.width // 2,
        weight_decay=cfg.weight_decay,
    )


def teacher_of(cfg):
    untrained = training.Builder(
        models.ResNet19, width=cfg.width, stem_width=cfg.width // 2
    )
    return training.load_teacher(cfg.teacher, zoo.load, untrained)


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
    net, teacher = student(cfg)(), teacher_of(cfg)
    if cfg.warm_start:
        models.transfer(teacher, net)
    distiller = distillation.SASTC(
        net,
        teacher,
        weights={"feature": cfg.feature},
        batch_size=cfg.batch_size,
    )
    schedule = training.cosine(cfg, train.steps, cfg.warmup)
    optimizer = keras.optimizers.SGD(
        schedule,
        momentum=cfg.momentum,
        nesterov=True,
        global_clipnorm=cfg.clip,
    )
    training.compile(distiller, cfg, schedule, optimizer)
    return distiller, training.Data.of(splits, train)


if __name__ == "__main__":
    training.main(__file__)
