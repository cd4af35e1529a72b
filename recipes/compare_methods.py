"""Every method of the package: one student, one teacher, one budget.

All methods share the seed's initial weights (on CIFAR-10 the teacher's), the
batches, the optimizer and the schedule. Each has its default weights and
temperatures but those in `ARGUMENTS`. BlockReplacement and
EnhancedSelfDistillation train by rate-based backpropagation, as their papers
do, on the same body; `STAA` is LogitsKD on a body with STAA's attention.

On digits the optimizer is Adam, since the methods' losses differ in scale by
a thousand there, and the neuron is the one that rate-based training needs.

Paper:    none; a comparison of our own.
Data:     CIFAR-10, 50,000 training and 10,000 test images, or digits, 1,437
          and 360.
Hardware: two CPU cores with AVX-512 BF16.
Time:     35 min to 2 h 13 min a run on CIFAR-10, 24 to 90 s on digits.
Accuracy: zoo/RESULTS.md, the section on comparisons, which was made with
          --scale=1, and on CIFAR-10 with a weight of 50 for SASTC's features.

    kerassnn compare compare_methods --methods=HardLabel,SASTC --seeds=1
    kerassnn compare compare_methods --dataset=digits --seeds=5
"""

import dataclasses

from kerassnn import distillation
from kerassnn import layers
from kerassnn import models
from kerassnn import training

METHODS = {
    "cifar10": (*distillation.METHODS, "STAA"),
    "digits": tuple(distillation.METHODS),
}
RATE_BASED = ("BlockReplacement", "EnhancedSelfDistillation")
# Chosen on held-out training images, 5,000 of CIFAR-10 and 237 of digits. The
# defaults of these are made for hundreds of epochs and, on digits, for larger
# maps: with them the labels have no say. See FINDINGS.md.
ARGUMENTS = {
    "cifar10": {"SASTC": {"loss_weights": {"feature": 5.0}}},
    "digits": {
        "AttentionTransfer": {"loss_weights": {"attention": 30.0}},
        "SASTC": {"loss_weights": {"feature": 30.0}},
        "SemCKD": {"loss_weights": {"feature": 15.0}},
    },
}


@dataclasses.dataclass(frozen=True)
class Config(training.ImageConfig):
    method: str = "HardLabel"
    epochs: int = 10
    clip: float = 1.0
    precision: str = "mixed_bfloat16"
    jit_compile: bool = False
    teacher: str = "resnet19w16_ann_cifar10"
    warm_start: bool = True
    timesteps: int = 2

    CHOICES = {**training.ImageConfig.CHOICES, "method": METHODS["cifar10"]}


CONFIG = Config()
VARIANTS = {
    "cifar10": {},
    "digits": {
        "epochs": 12,
        "learning_rate": 5e-3,
        "weight_decay": 0.0,
        "crop": 0,
        "flip": False,
        "optimizer": "adam",
        "clip": 0.0,
        "precision": "float32",
        "jit_compile": True,
        "teacher": "resnet8_ann_digits",
        "warm_start": False,
        "width": 8,
        "timesteps": 4,
    },
}
SMOKE = {
    "epochs": 1,
    "train_examples": 128,
    "teacher": "",
    "width": 4,
    "precision": "float32",
}


def student(cfg):
    digits = cfg.dataset == "digits"
    neuron = layers.LIF.rate_based() if digits else layers.LIF()
    body, how = ann(cfg), {"neuron": neuron}
    if cfg.method in RATE_BASED:
        how = {"flow": models.RateBased(neuron)}
    if cfg.method == "STAA":
        body, how = models.Builder(models.STAAResNet19, **body.arguments), {}
    return body.replace(
        timesteps=cfg.timesteps, weight_decay=cfg.weight_decay, **how
    )


def ann(cfg):
    size = {"classes": cfg.classes, "width": cfg.width}
    if cfg.dataset == "digits":
        return models.Builder(models.ResNet8, **size)
    return models.Builder(models.ResNet19, **size, stem_width=cfg.width // 2)


def build(cfg):
    splits, train = training.classification.read(cfg)
    # The plain student is made first, so that its draws are the seed's first.
    plain = student(dataclasses.replace(cfg, method="HardLabel"))()
    net, teacher = student(cfg)(), None
    models.transfer(plain, net)
    name = "LogitsKD" if cfg.method == "STAA" else cfg.method
    method = distillation.METHODS[name]
    if cfg.warm_start or method.needs_teacher:
        teacher = training.load_teacher(cfg.teacher, ann(cfg))
    if cfg.warm_start:
        training.classification.start(net, teacher, cfg.scale)
    arguments = ARGUMENTS[cfg.dataset].get(cfg.method, {})
    if cfg.teacher_logits and method.needs_teacher and not method.default_taps:
        teacher, train = training.classification.stored(
            cfg, True, teacher, train
        )
    nets = (net, teacher) if method.needs_teacher else (net,)
    distiller = method(*nets, **arguments)
    training.classification.finish(distiller, cfg, train)
    return distiller, training.Data.of(splits, train)
