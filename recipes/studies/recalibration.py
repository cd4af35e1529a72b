"""Norms measured again after a change of T: does it help trained students?

Students of the league of narrow CIFAR-10 entries (ResNet-19 of width 16,
trained at T = 2) run at T = 1 to 8, as they are and after
`models.recalibrate` on 1,280 training images at that T. The first 1,000 test
images, in groups of 50 for the tests; one set of weights an entry.

Paper: Wu and Johnson, arXiv 2105.07576 (PreciseBN), of networks without time.
Data:  CIFAR-10: --data_dir=FOLDER with cifar10.npz.
Cost:  half a minute a cell on one core.

    kerassnn study recalibration --data_dir=FOLDER
"""

import dataclasses

import numpy as np

from kerassnn import data
from kerassnn import models
from kerassnn import studies
from kerassnn import training
from kerassnn import zoo

TITLE = "Norms measured again after a change of T"
PAPER = "Wu and Johnson, arXiv 2105.07576"
SECONDS = 30.0
NAMES = ("hardlabel", "kd", "sastc")
STEPS = (1, 2, 4, 8)
GROUP = 50
CELLS = {
    f"{name} T={t}": {"entry": f"resnet19w16_{name}_cifar10", "timesteps": t}
    for name in NAMES
    for t in STEPS
}


@dataclasses.dataclass(frozen=True)
class Config(training.Config):
    entry: str = ""
    timesteps: int = 2
    images: int = 1000
    measured: int = 1280

    LIMITED = {
        **training.Config.LIMITED,
        "timesteps": "> 0",
        "images": "> 0",
        "measured": "> 0",
    }


CONFIG = Config()
SMOKE = {"images": GROUP, "measured": 64}


def measure(found):
    cfg = found.config
    sets = data.load("cifar10", data_dir=cfg.data_dir or None)
    how = zoo.card(cfg.entry)["preprocessing"]
    x, y = (part[: cfg.images] for part in sets.test)
    x, y = zoo.prepare(how, x), y.reshape(-1)
    net = models.at_timesteps(zoo.load(cfg.entry), cfg.timesteps)

    def groups():
        logits = net.predict(x, batch_size=GROUP, verbose=0)
        return studies.group_means(logits.argmax(axis=1) == y, GROUP)

    before = groups()
    models.recalibrate(net, zoo.prepare(how, sets.train[0][: cfg.measured]))
    after = groups()
    return {
        "accuracy": float(np.mean(after)),
        "before": before,
        "after": after,
    }


def verdicts(table):
    if not {*CELLS} <= {*table.cells}:
        return []
    rows = {row["cell"]: row for row in table.rows}

    def joined(key, t):
        return [v for name in NAMES for v in rows[f"{name} T={t}"][key]]

    return [
        studies.better(
            f"Norms measured again are better at T = {t} "
            f"({len(NAMES)} students, 20 groups of 50 images each)",
            joined("after", t),
            joined("before", t),
        )
        for t in STEPS
    ]


def draw(table, figure):
    rows = {row["cell"]: row for row in table.rows}
    panels = figure.subplots(1, len(NAMES), sharey=True)
    for name, axes in zip(NAMES, panels, strict=True):
        shown = [t for t in STEPS if f"{name} T={t}" in rows]
        for key, style in (("before", "o-"), ("after", "s--")):
            means = [100 * np.mean(rows[f"{name} T={t}"][key]) for t in shown]
            axes.plot(shown, means, style, label=key)
        axes.set_title(name, fontsize=10)
        axes.set_xscale("log", base=2)
        axes.set_xticks(STEPS, [*map(str, STEPS)])
        axes.set_xlabel("T")
        axes.grid(alpha=0.3)
    panels[0].set_ylabel("test accuracy (%)")
    panels[0].legend(fontsize=8)
