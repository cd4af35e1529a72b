"""A short training: what is worth it, one change at a time.

ResNet-19 of width 16, T = 2, LIF(), from its teacher's weights divided by 2,
LogitsKD, 4 passes over 12,800 images with crops and flips, SGD with Nesterov
momentum, gradients clipped at a norm of 1, weight decay 5e-4. One thing is
changed at a time. *Alternating flip*: each image is seen as it is and
mirrored in turns, in place of by chance. *Learned start*: the potential before
the first step is a trained number for each channel. *T = 1 first* and
*rate-based first*: half of the time is spent on a student at T = 1, or
trained by rate-based backpropagation, on a warm-up and a cosine of its own. The
passes of the first half follow from the speeds, 658 and 342 images a second on
one core where BPTT at T = 2 has 383; a cell's seconds leave them out. *Second
half alone* has no first one. Accuracy on 5,000 training images that the
students did not train on. Their teacher did: it has 96.5 % of them right and
91.6 % of the test images, so that the figures are above those of tests, and
only their order says something.

Paper: airbench, arXiv 2404.00498 (alternating flip); Fang et al., ICCV 2021,
       arXiv 2007.05785 (ParametricLIF); Yu et al., NeurIPS 2024, arXiv
       2410.11488 (rate-based); none of their rows.
Data:  CIFAR-10: --data_dir=FOLDER with cifar10.npz.
Cost:  two and a half minutes a training on one core.

    kerassnn study short_training --data_dir=FOLDER
"""

import dataclasses

import numpy as np
from keras import ops

from kerassnn import data
from kerassnn import distillation
from kerassnn import layers
from kerassnn import models
from kerassnn import studies
from kerassnn import training

TITLE = "A short training: one change at a time"
PAPER = "none; a comparison of our own"
SECONDS = 150.0
SEEDS = 2
REFERENCE = "as the recipes"
CELLS = {
    REFERENCE: {},
    "alternating flip": {"alternating": True},
    "cutout 8": {"cutout": 8},
    "label smoothing 0.1": {"label_smoothing": 0.1},
    "averaged weights": {"ema": 0.995},
    "decay 1e-4": {"weight_decay": 1e-4},
    "ParametricLIF": {"neuron": "ParametricLIF"},
    "learned start": {"neuron": "LearnedStart"},
    "second half alone": {"epochs": 2},
    "T = 1 first": {"epochs": 2, "first": "one step", "passes": 3.44},
    "rate-based first": {"epochs": 2, "first": "rates", "passes": 1.78},
}


@dataclasses.dataclass(frozen=True)
class Config(studies.Cifar10):
    epochs: int = 4
    train_examples: int = 12800
    alternating: bool = False
    neuron: str = "LIF"
    first: str = ""
    passes: float = 0.0

    LIMITED = {**studies.Cifar10.LIMITED, "passes": ">= 0"}
    CHOICES = {
        **studies.Cifar10.CHOICES,
        "neuron": ("LIF", "ParametricLIF", "LearnedStart"),
        "first": ("", "one step", "rates"),
    }


CONFIG = Config()
SMOKE = {
    "epochs": 1,
    "train_examples": 128,
    "validation": 100,
    "teacher": "",
    "width": 4,
    "precision": "float32",
}


class LearnedStart(layers.LIF):
    """A LIF whose potential before the first step is learned, by channel.

    It leaks as all potentials do, so that it is a current of the first step.
    """

    def build(self, input_shape):
        super().build(input_shape)
        self.start = self.add_weight(
            shape=(input_shape[-1],), initializer="zeros", name="start"
        )

    def call(self, inputs):
        start = ops.cast(self.start, inputs.dtype) * (1 - 1 / self.tau)
        return super().call(
            ops.concatenate([inputs[:, :1] + start, inputs[:, 1:]], axis=1)
        )


class Alternating(data.Pipeline):
    """Each image mirrored in every other epoch, half of them in the first."""

    def batch(self, epoch, step):
        x, y = super().batch(epoch, step)
        chosen = self.chosen(epoch, step)
        coin = np.random.default_rng(self.seed).integers(0, 2, self.examples)
        turned = (coin[chosen] + epoch) % 2 == 1
        x[turned] = x[turned, :, ::-1]
        return x, y


def student(cfg):
    neurons = {"LIF": layers.LIF, "ParametricLIF": layers.ParametricLIF}
    return studies.resnet19(cfg, neuron=neurons.get(cfg.neuron, LearnedStart)())


def build(cfg):
    splits, train = training.classification.read(cfg)
    if cfg.alternating:
        train = alternating(cfg, splits)
    teacher = training.load_teacher(
        cfg.teacher, training.classification.ann_of(student(cfg))
    )
    net = student(cfg)()
    training.classification.start(net, teacher, cfg.scale)
    if cfg.first:
        models.transfer(begun(cfg, net, teacher, train), net)
    distiller = method(cfg, net, teacher)
    training.classification.finish(distiller, cfg, train)
    return distiller, studies.on_held_out(splits, train)


def alternating(cfg, splits):
    x, y = splits.train
    unflipped = dataclasses.replace(cfg, flip=False)
    return Alternating(
        x[: cfg.train_examples],
        y[: cfg.train_examples],
        cfg.batch_size,
        augment=training.classification.augmentation(unflipped, splits.fill),
        normalise=splits.normalise,
        drop_remainder=True,
        seed=cfg.seed,
        one_hot=splits.classes,
    )


def begun(cfg, net, teacher, train):
    """The student of the first half, trained, with the weights of `net`."""
    if cfg.first == "one step":
        first = models.at_timesteps(net, 1)
    else:
        body = student(cfg).replace(neuron=None)
        first = body.replace(flow=models.RateBased(layers.LIF()))()
        models.transfer(net, first)
    distiller = method(cfg, first, teacher)
    steps = round(cfg.passes * train.steps)
    whole = dataclasses.replace(cfg, epochs=1)
    training.classification.finish(distiller, whole, train)
    distiller.optimizer.cosine.set_length(steps, round(cfg.warmup * steps))
    for step in range(steps):
        epoch, place = divmod(step, train.steps)
        # Other batches than those of the second half.
        distiller.train_on_batch(*train.batch(cfg.epochs + epoch, place))
    return first


def method(cfg, student, teacher):
    return distillation.LogitsKD(student, teacher)


def verdicts(table):
    if not {*CELLS} <= {*table.cells}:
        return []
    found = studies.better_than(REFERENCE, table.common(CELLS))
    return [
        studies.Verdict(f"More accurate: {name}", *found[name])
        for name in CELLS
        if name != REFERENCE
    ]


def draw(table, figure):
    axes = figure.subplots()
    studies.points(axes, table, CELLS, line=REFERENCE)
    axes.set_xlabel("accuracy on held-out images (%)")
