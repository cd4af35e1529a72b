"""SASTC: accuracy against T, and what training costs.

ResNet-8 on digits, trained and tested at T = 1, 2 and 4. The cost is the time
of the training loop relative to that of labels alone at the same T and seed;
on a machine that others use it is a rough one.

Paper: Hong and Wang, AAAI 2025, arXiv 2501.08049.
Data:  digits.
Cost:  ten seconds a training on one core.

    kerassnn study sastc_timesteps
"""

import dataclasses

import numpy as np

from kerassnn import distillation
from kerassnn import layers
from kerassnn import studies

TITLE = "SASTC: accuracy against T, and training cost"
PAPER = "Hong and Wang, AAAI 2025, arXiv 2501.08049"
SECONDS = 10.0
METHODS = ("HardLabel", "LogitsKD", "SASTC")
STEPS = (1, 2, 4)
CELLS = {
    f"{name} T={t}": {"name": name, "timesteps": t}
    for t in STEPS
    for name in METHODS
}


@dataclasses.dataclass(frozen=True)
class Config(studies.Digits):
    name: str = "SASTC"
    feature: float = 30.0

    CHOICES = {**studies.Digits.CHOICES, "name": METHODS}


CONFIG = Config()
SMOKE = {"epochs": 1, "train_examples": 128, "width": 4, "teacher": ""}


def student(cfg):
    return studies.resnet8(cfg, neuron=layers.LIF.sastc())


def method(cfg, student, teacher):
    if cfg.name == "SASTC":
        return distillation.SASTC(
            student,
            teacher,
            batch_size=cfg.batch_size,
            loss_weights={"feature": cfg.feature},
        )
    nets = (student,) if cfg.name == "HardLabel" else (student, teacher)
    return distillation.METHODS[cfg.name](*nets)


def verdicts(table):
    if not {*CELLS} <= {*table.cells}:
        return []

    def over(name, key="accuracy", steps=STEPS):
        found = [table.values(f"{name} T={t}", key) for t in steps]
        return np.concatenate(found)

    ratio = over("SASTC", "seconds") / over("HardLabel", "seconds")
    return [
        studies.better(
            "SASTC is more accurate than LogitsKD (all T and seeds)",
            over("SASTC"),
            over("LogitsKD"),
        ),
        studies.better(
            "SASTC is more accurate at T = 4 than at T = 1",
            over("SASTC", steps=(4,)),
            over("SASTC", steps=(1,)),
        ),
        studies.better(
            "SASTC at T = 2 is more accurate than labels alone at T = 4",
            over("SASTC", steps=(2,)),
            over("HardLabel", steps=(4,)),
        ),
        studies.better(
            "A training by SASTC takes longer than one by labels alone "
            "(times as long, less one)",
            ratio,
            np.ones_like(ratio),
            "times",
            1.0,
        ),
    ]


def draw(table, figure):
    left, right = figure.subplots(1, 2)
    for name in METHODS:
        cells = {f"{name} T={t}": t for t in STEPS}
        studies.curve(left, table, cells, name)
        studies.curve(right, table, cells, name, "seconds", 1.0)
    for axes in (left, right):
        axes.set_xlabel("timesteps T")
        axes.set_xticks(STEPS)
    left.set_ylabel("test accuracy (%)")
    right.set_ylabel("time of the training loop (s)")
    left.legend()
