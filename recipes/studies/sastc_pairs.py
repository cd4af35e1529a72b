"""SASTC: negative regularisation by fixed pairs of layers (their figure 2).

ResNet-8, T = 2, on digits: every stage of the student matched with one stage
of the teacher, the feature loss being that of SASTC with this pair alone, so
that attention has no choice; beside it no feature loss, and all pairs weighed
by attention. Which is which does not depend on anything but the pair: labels,
the teacher's logits and the feature weight, 30, are the same.

Paper: Hong and Wang, AAAI 2025, arXiv 2501.08049, figure 2 (on CIFAR-10, with
       three pairs of networks; that its bars are accuracies is our reading).
Data:  digits.
Cost:  ten seconds a training on one core.

    kerassnn study sastc_pairs
"""

import dataclasses

from kerassnn import distillation
from kerassnn import layers
from kerassnn import studies

TITLE = "SASTC: fixed pairs of layers"
PAPER = "Hong and Wang, AAAI 2025, arXiv 2501.08049, figure 2"
SECONDS = 10.0
STAGES = (1, 2, 3)
PAIRS = [f"{s}-{t}" for s in STAGES for t in STAGES]
CELLS = {
    "no features": {"pair": "none"},
    "attention": {"pair": "all"},
    **{pair: {"pair": pair} for pair in PAIRS},
}


@dataclasses.dataclass(frozen=True)
class Config(studies.Digits):
    pair: str = "all"
    feature: float = 30.0

    CHOICES = {**studies.Digits.CHOICES, "pair": ("none", "all", *PAIRS)}


CONFIG = Config()
SMOKE = {"epochs": 1, "train_examples": 128, "width": 4, "teacher": ""}


def student(cfg):
    return studies.resnet8(cfg, neuron=layers.LIF.sastc())


def method(cfg, student, teacher):
    if cfg.pair == "none":
        return distillation.LogitsKD(student, teacher)
    taps = {}
    if cfg.pair != "all":
        own, given = (f"stage{i}" for i in cfg.pair.split("-"))
        taps = {"student_taps": (own,), "teacher_taps": (given,)}
    return distillation.SASTC(
        student,
        teacher,
        batch_size=cfg.batch_size,
        loss_weights={"feature": cfg.feature},
        **taps,
    )


def verdicts(table):
    if not {*CELLS} <= {*table.cells}:
        return []
    gaps = {pair: table.pairs(pair, "no features") for pair in PAIRS}
    best = max(PAIRS, key=table.mean)
    return [
        studies.all_below(
            "Some fixed pair is worse than no feature loss at all (negative "
            "regularisation)",
            gaps,
            some=True,
        ),
        studies.better(
            "Attention over all pairs is better than no feature loss",
            *table.pairs("attention", "no features"),
        ),
        studies.better(
            f"Attention is better than the best fixed pair ({best}, chosen "
            "after the fact)",
            *table.pairs("attention", best),
        ),
    ]


def draw(table, figure):
    left, right = figure.subplots(1, 2, width_ratios=(1.2, 1))
    studies.points(left, table, CELLS, line="no features")
    left.set_ylabel("stage of student - of teacher")
    left.set_xlabel("test accuracy (%): seeds, mean, deviation")
    base = table.mean("no features")
    gains = [
        [100 * (table.mean(f"{s}-{t}") - base) for t in STAGES] for s in STAGES
    ]
    studies.grid(right, gains, STAGES, STAGES)
    right.set_xlabel("stage of the teacher")
    right.set_ylabel("stage of the student")
    right.set_title("gain over no feature loss (points)", fontsize=10)
