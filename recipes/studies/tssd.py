"""TSSD: T_t swept, alpha and beta, curves, and what the deployed network costs.

ResNet-8 on digits for T = 2, trained with T_t steps by `TSSD`, beside labels
alone (T_t = 2). 237 training images are held out, on which the curves are
measured after every epoch; the accuracies are of the test images.

Paper: Zuo et al., 2024, arXiv 2406.07862, figures 3 to 5; read as an abstract
       only, the losses and the weak classifier are ours.
Data:  digits.
Cost:  ten seconds a training on one core.

    kerassnn study tssd
"""

import dataclasses

import numpy as np

from kerassnn import analysis
from kerassnn import data
from kerassnn import distillation
from kerassnn import layers
from kerassnn import studies
from kerassnn import training

TITLE = "TSSD: longer training, two self-distillations"
PAPER = "Zuo et al., 2024, arXiv 2406.07862, figures 3 to 5"
SECONDS = 10.0
LONGER = (3, 4, 6)
WEIGHTS = (0.0, 0.5, 2.0)
CELLS = {
    "labels": {"longer": 2},
    **{f"T_t = {t}": {"longer": t} for t in LONGER},
    **{f"alpha = {w:g}": {"alpha": w} for w in WEIGHTS},
    **{f"beta = {w:g}": {"beta": w} for w in WEIGHTS},
}


@dataclasses.dataclass(frozen=True)
class Config(studies.Digits):
    longer: int = 4
    alpha: float = 1.0
    beta: float = 1.0
    validation: int = 237

    LIMITED = {**studies.Digits.LIMITED, "longer": "> 0", "alpha": ">= 0"}


CONFIG = Config()
SMOKE = {"epochs": 1, "train_examples": 128, "width": 4}


def student(cfg):
    return studies.resnet8(cfg, neuron=layers.LIF.tssd())


def needs_teacher(cfg):
    return False


def method(cfg, student, teacher):
    if cfg.longer == cfg.timesteps:
        return distillation.HardLabel(student)
    weights = {"temporal": cfg.alpha, "spatial": cfg.beta}
    return distillation.TSSD(
        student, train_timesteps=cfg.longer, loss_weights=weights
    )


def measure(found):
    net = training.load_student(found.run.folder)
    splits = data.load("digits")
    x = splits.normalise(splits.test[0][:64])
    rows = analysis.sops(net, x)
    return {
        "parameters": net.count_params(),
        "layers": len(net.layers),
        "operations": sum(r["sops"] for r in rows.values()),
        "validation": [row["val_accuracy"] for row in found.run.history],
    }


def verdicts(table):
    if not {*CELLS} <= {*table.cells}:
        return []
    usual = "T_t = 4"
    steps = [t for t in (2, *LONGER)]
    cells = ["labels", *(f"T_t = {t}" for t in LONGER)]
    points = [
        (t, a)
        for t, cell in zip(steps, cells, strict=True)
        for a in table.values(cell)
    ]
    weighed = [usual, *(c for c in CELLS if c[0] in "ab")]
    size = {(r["parameters"], r["layers"]) for r in table.rows}
    return [
        studies.better(
            "TSSD (T_t = 4) is more accurate than labels alone",
            *table.pairs(usual, "labels"),
        ),
        studies.correlated(
            "Accuracy rises with T_t", *zip(*points, strict=True)
        ),
        studies.level(
            "Accuracy is within a point of alpha = beta = 1 for weights of 0 "
            "to 2",
            {cell: table.values(cell) for cell in weighed},
            usual,
            0.01,
        ),
        studies.fact(
            "The deployed network has no more parameters and layers than its "
            "plain twin",
            len(size) == 1,
            f"{sorted(size)} (parameters, layers) of all trained networks",
        ),
        studies.better(
            "It spends fewer synaptic operations than its plain twin",
            *table.pairs("labels", usual, "operations"),
            "operations",
            1.0,
        ),
    ]


def draw(table, figure):
    left, middle, right = figure.subplots(1, 3)
    steps = {"labels": 2, **{f"T_t = {t}": t for t in LONGER}}
    studies.curve(left, table, steps)
    left.set_xlabel("T_t (2: labels alone)")
    left.set_ylabel("test accuracy at T = 2 (%)")
    for name in ("alpha", "beta"):
        cells = {f"{name} = {w:g}": w for w in WEIGHTS}
        cells = dict(sorted({**cells, "T_t = 4": 1.0}.items(), key=_second))
        studies.curve(middle, table, cells, name)
    middle.set_xlabel("weight of the term (the other: 1)")
    middle.legend(fontsize=8)
    for cell in ("labels", "T_t = 4"):
        if cell in table.cells:
            mean = 100 * np.array(table.mean(cell, "validation"))
            right.plot(1 + np.arange(len(mean)), mean, "o-", label=cell)
    right.set_xlabel("epoch")
    right.set_ylabel("accuracy on held-out images (%)")
    right.grid(alpha=0.3)
    right.legend(fontsize=8)


def _second(pair):
    return pair[1]
