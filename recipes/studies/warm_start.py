"""The warm start: activations divided by one number, by layer, by channel.

A student whose neurons have a threshold of 1 starts from its teacher's
weights. Before that, the teacher's activations are divided: all by one number,
or each layer's, or each channel's, by a quantile of what it gives for 512
training images, so that this share of them is at most at the threshold. The
function of the teacher stays the same. ResNet-19 of width 16, T = 2, LIF(),
LogitsKD, 200 steps of 64 images, in which the learning rate falls to 0.
Accuracy on 5,000 training images that the students did not train on. Their
teacher did: it has 96.5 % of them right and 91.6 % of the test images, so that
the figures are above those of tests, and only their order says something. One
spread is taken for all cells, though that of poor starts is larger.

Paper: Rueckauer et al., Frontiers in Neuroscience 2017 (normalisation by a
       quantile, for conversion); the comparison is ours.
Data:  CIFAR-10: --data_dir=FOLDER with cifar10.npz.
Cost:  45 s a training on one core.

    kerassnn study warm_start --data_dir=FOLDER
"""

import dataclasses

from kerassnn import distillation
from kerassnn import layers
from kerassnn import models
from kerassnn import studies
from kerassnn import training

TITLE = "The warm start: one scale, one a layer, one a channel"
PAPER = "Rueckauer et al., Frontiers in Neuroscience 2017"
SECONDS = 45.0
SEEDS = 2
NUMBERS = (1.0, 1.5, 2.0, 3.0)
LAYERS = (0.8, 0.9, 0.97, 0.99, 0.999)
CHANNELS = (0.8, 0.9, 0.97, 0.99, 0.999)
CELLS = {
    **{f"all by {s:g}": {"scale": s} for s in NUMBERS},
    **{f"layers at {q:g}": {"by": "layer", "quantile": q} for q in LAYERS},
    **{
        f"channels at {q:g}": {"by": "channel", "quantile": q} for q in CHANNELS
    },
}
REFERENCE = "all by 2"  # what the recipes do


@dataclasses.dataclass(frozen=True)
class Config(studies.Cifar10):
    train_examples: int = 12800
    by: str = "all"
    quantile: float = 0.99
    images: int = 512

    LIMITED = {**studies.Cifar10.LIMITED, "images": "> 0"}
    CHOICES = {
        **studies.Cifar10.CHOICES,
        "by": ("all", "layer", "channel"),
    }


CONFIG = Config()
SMOKE = {
    "train_examples": 128,
    "validation": 100,
    "teacher": "",
    "width": 4,
    "images": 64,
    "precision": "float32",
}


def student(cfg):
    return studies.resnet19(cfg, neuron=layers.LIF())


def build(cfg):
    splits, train = training.classification.read(cfg)
    net = student(cfg)()
    body = training.classification.ann_of(student(cfg))
    teacher = training.load_teacher(cfg.teacher, body)
    factors = cfg.scale
    if cfg.by != "all":
        factors = models.calibrate(
            teacher,
            splits.normalise(splits.train[0][: cfg.images]),
            quantile=cfg.quantile,
            per_channel=cfg.by == "channel",
        )
    divided = models.rescale(teacher, factors)
    training.classification.start(net, divided, 1.0)
    distiller = method(cfg, net, teacher)
    training.classification.finish(distiller, cfg, train)
    return distiller, studies.on_held_out(splits, train)


def method(cfg, student, teacher):
    return distillation.LogitsKD(student, teacher)


def verdicts(table):
    if not {*CELLS} <= {*table.cells}:
        return []
    found = studies.better_than(REFERENCE, table.common(CELLS))
    claims = {
        "all by 1": "The teacher's weights as they are start better",
        "all by 1.5": "Divided by 1.5, they start better",
        "all by 3": "Divided by 3, they start better",
        **{
            f"layers at {q:g}": f"One number a layer, quantile {q:g}, is better"
            for q in LAYERS
        },
        **{
            f"channels at {q:g}": f"One a channel, quantile {q:g}, is better"
            for q in CHANNELS
        },
    }
    return [
        studies.Verdict(f"{claim} than all divided by 2", *found[name])
        for name, claim in claims.items()
    ]


def draw(table, figure):
    axes = figure.subplots()
    studies.points(axes, table, CELLS, line=REFERENCE)
    axes.set_xlabel("accuracy on held-out images after 200 steps (%)")
