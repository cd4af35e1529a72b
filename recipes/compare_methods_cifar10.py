"""Every method on CIFAR-10: one narrow student, one teacher, one budget.

Paper:    none; a comparison of our own.
Data:     CIFAR-10, 50,000 training and 10,000 test images.
Hardware: 2 CPU cores with AVX-512 BF16.
Time:     not measured yet.
Accuracy: not measured yet.

    kerassnn compare compare_methods_cifar10 --methods=HardLabel,SASTC --seeds=1

All methods share the seed's initial weights (the teacher's, by default), the
batches, the optimizer and the schedule; each has its default weights and
temperatures but for what `ARGUMENTS` says. BlockReplacement and
EnhancedSelfDistillation train by rate-based backpropagation, as their papers
do, on the same body. `STAA` is LogitsKD on a body with STAA's attention.
"""

import dataclasses

import keras

from kerassnn import data
from kerassnn import distillation
from kerassnn import layers
from kerassnn import models
from kerassnn import training
from kerassnn import zoo

METHODS = (*distillation.METHODS, "STAA")
RATE_BASED = ("BlockReplacement", "EnhancedSelfDistillation")
# Chosen on 5,000 images held out of the training set; see FINDINGS.md.
ARGUMENTS = {"SASTC": {"weights": {"feature": 50.0}}}


@dataclasses.dataclass(frozen=True)
class Config(training.Config):
    method: str = "HardLabel"
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


CONFIG = Config()
SMOKE = dataclasses.replace(
    CONFIG,
    epochs=1,
    width=4,
    train_examples=256,
    teacher="",
    precision="float32",
)


def student(cfg):
    how = {"neuron": layers.LIF()}
    if cfg.method in RATE_BASED:
        how = {"flow": models.RateBased(layers.LIF())}
    if cfg.method == "STAA":
        how = {}  # its own neuron
    return training.Builder(
        models.STAAResNet19 if cfg.method == "STAA" else models.ResNet19,
        timesteps=cfg.timesteps,
        width=cfg.width,
        stem_width=cfg.width // 2,
        weight_decay=cfg.weight_decay,
        **how,
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
    # The plain student is made first, so that its draws are the seed's first.
    plain = dataclasses.replace(cfg, method="HardLabel")
    first, net = student(plain)(), student(cfg)()
    models.transfer(first, net)
    name = "LogitsKD" if cfg.method == "STAA" else cfg.method
    method = distillation.METHODS[name]
    teacher = None
    if cfg.warm_start or method.required_teacher_taps:
        teacher = teacher_of(cfg)
    if cfg.warm_start:
        models.transfer(teacher, net)
    nets = (net, teacher) if method.required_teacher_taps else (net,)
    distiller = method(*nets, **ARGUMENTS.get(cfg.method, {}))
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
