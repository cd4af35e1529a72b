"""SASTC: labels that are wrong, symmetric noise of 0 to 60 %.

ResNet-8, T = 2, on digits. A share of the training labels is replaced by one
of the nine others, drawn by the seed; the test labels are as they were. The
teacher, an entry of the zoo, was trained on the right labels: a method that
listens to it hears of them, labels alone do not.

Paper: Hong and Wang, AAAI 2025, arXiv 2501.08049, which claims robustness
       against noisy labels; its rates are not known to us.
Data:  digits.
Cost:  seven seconds a training on one core.

    kerassnn study sastc_noise
"""

import dataclasses

import numpy as np

from kerassnn import distillation
from kerassnn import layers
from kerassnn import studies
from kerassnn import training

TITLE = "SASTC: noisy labels"
PAPER = "Hong and Wang, AAAI 2025, arXiv 2501.08049, noisy labels"
SECONDS = 7.0
METHODS = ("HardLabel", "LogitsKD", "SASTC")
RATES = (0.0, 0.2, 0.4, 0.6)
CELLS = {
    f"{name} {rate:.0%}": {"name": name, "noise": rate}
    for rate in RATES
    for name in METHODS
}


@dataclasses.dataclass(frozen=True)
class Config(studies.Digits):
    name: str = "SASTC"
    noise: float = 0.0
    feature: float = 30.0

    LIMITED = {**studies.Digits.LIMITED, "noise": "in [0, 1)"}
    CHOICES = {**studies.Digits.CHOICES, "name": METHODS}


CONFIG = Config()
SMOKE = {"epochs": 1, "train_examples": 128, "width": 4, "teacher": ""}


def student(cfg):
    return studies.resnet8(cfg, neuron=layers.LIF.sastc())


def noisy(y, classes, share, seed):
    """Labels of which a share is replaced by another class."""
    random = np.random.default_rng(seed)
    wrong = random.permutation(len(y)) < round(share * len(y))
    other = (y + random.integers(1, classes, len(y))) % classes
    return np.where(wrong, other, y).astype(y.dtype)


def build(cfg):
    splits, _ = training.classification.read(cfg)
    x, y = splits.train
    y = noisy(y, splits.classes, cfg.noise, cfg.seed)
    splits = dataclasses.replace(splits, train=(x, y))
    train = training.classification.pipeline(cfg, splits)
    net, twin = student(cfg)(), training.classification.ann_of(student(cfg))
    nets = [net]
    if cfg.name != "HardLabel":
        nets.append(training.load_teacher(cfg.teacher, twin))
    how = {}
    if cfg.name == "SASTC":
        how = {"batch_size": cfg.batch_size}
        how["loss_weights"] = {"feature": cfg.feature}
    distiller = distillation.METHODS[cfg.name](*nets, **how)
    training.classification.finish(distiller, cfg, train)
    return distiller, training.Data.of(splits, train)


def verdicts(table):
    if not {*CELLS} <= {*table.cells}:
        return []

    def all_rates(name):
        return [x for r in RATES[1:] for x in table.values(f"{name} {r:.0%}")]

    return [
        studies.better(
            f"With noise, {one} is more accurate than {other} (all rates and "
            "seeds)",
            all_rates(one),
            all_rates(other),
        )
        for one, other in (
            ("SASTC", "HardLabel"),
            ("LogitsKD", "HardLabel"),
            ("SASTC", "LogitsKD"),
        )
    ]


def draw(table, figure):
    axes = figure.subplots()
    for i, name in enumerate(METHODS):
        cells = {f"{name} {r:.0%}": 100 * r + 0.4 * (i - 1) for r in RATES}
        studies.curve(axes, table, cells, name)
    axes.set_xlabel("wrong training labels (%)")
    axes.set_ylabel("test accuracy (%): mean and deviation of the seeds")
    axes.legend()
