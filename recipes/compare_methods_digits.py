"""Every method on digits: one student, one teacher, one budget.

Paper:    none; a comparison of our own.
Data:     digits (scikit-learn), 1,437 training and 360 test images, 8x8.
Hardware: 2 CPU cores.
Time:     not measured yet.
Accuracy: zoo/RESULTS.md, the section on comparisons.

    kerassnn compare compare_methods_digits --seeds=5

All methods share the seed's initial weights, the teacher, the batches, the
optimizer and the schedule. Adam, since it does not mind that the methods'
losses differ in scale by a thousand. Each has its default weights and
temperatures but those in `OPTIONS`, chosen from two on 237 training images
held out (seed 0): the defaults of these three, made for maps of 32x32 and
hundreds of epochs, leave the labels unheard in maps of 8x8.

BlockReplacement and EnhancedSelfDistillation train by rate-based
backpropagation, as their papers do, on the same body.
"""

import dataclasses

import keras

from kerassnn import data
from kerassnn import distillation
from kerassnn import layers
from kerassnn import models
from kerassnn import training
from kerassnn import zoo

METHODS = tuple(distillation.METHODS)
OPTIONS = {
    "AttentionTransfer": {"weights": {"attention": 30.0}},
    "SASTC": {"weights": {"feature": 30.0}},
    "SemCKD": {"weights": {"feature": 15.0}},
}
RATE_BASED = ("BlockReplacement", "EnhancedSelfDistillation")


@dataclasses.dataclass(frozen=True)
class Config(training.Config):
    method: str = "HardLabel"
    epochs: int = 12
    batch_size: int = 64
    learning_rate: float = 5e-3
    weight_decay: float = 0.0
    width: int = 8
    timesteps: int = 4
    teacher: str = "resnet8_ann_digits"


CONFIG = Config()
SMOKE = dataclasses.replace(
    CONFIG, epochs=1, width=4, train_examples=128, teacher=""
)


def student(cfg):
    neuron = layers.LIF.rate()
    rate = cfg.method in RATE_BASED
    return training.Builder(
        models.ResNet8,
        timesteps=cfg.timesteps,
        width=cfg.width,
        weight_decay=cfg.weight_decay,
        **({"flow": models.RateBased(neuron)} if rate else {"neuron": neuron}),
    )


def teacher_of(cfg):
    untrained = training.Builder(models.ResNet8, width=cfg.width)
    return training.load_teacher(cfg.teacher, zoo.load, untrained)


def build(cfg):
    splits = data.load("digits", validation=cfg.validation)
    train = data.Pipeline(
        *training.first(splits.train, cfg.train_examples),
        cfg.batch_size,
        normalise=splits.normalise,
        drop_remainder=True,
        seed=cfg.seed,
        one_hot=splits.classes,
    )
    # The plain student is made first, so that its draws are the seed's first.
    plain = dataclasses.replace(cfg, method="HardLabel")
    first, net = student(plain)(), student(cfg)()
    models.transfer(first, net, may_differ=())
    method = distillation.METHODS[cfg.method]
    nets = (net, teacher_of(cfg)) if method.required_teacher_taps else (net,)
    distiller = method(*nets, **OPTIONS.get(cfg.method, {}))
    schedule = training.cosine(cfg, train.steps, 0.1)
    training.compile(distiller, cfg, schedule, keras.optimizers.Adam(schedule))
    return distiller, training.Data.of(splits, train)


if __name__ == "__main__":
    training.main(__file__)
