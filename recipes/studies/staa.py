"""STAA-SNN: its four parts taken away, and fewer steps than trained.

ResNet-8, T = 4, on digits, labels alone: with position encoding, global
context, step attention and step dropout; without each; without all four but
with the same neuron, `AdaptiveLIF`. Fewer steps: accuracy of the mean logits
of the first 1, 2, 3 of the 4 steps that the network runs.

Paper: Zhang et al., CVPR 2025, arXiv 2503.02689; the inner shapes are ours.
Data:  digits.
Cost:  fifteen seconds a training on one core.

    kerassnn study staa
"""

import dataclasses

import keras
import numpy as np

from kerassnn import data
from kerassnn import distillation
from kerassnn import layers
from kerassnn import models
from kerassnn import studies

TITLE = "STAA-SNN: ablation, and fewer steps"
PAPER = "Zhang et al., CVPR 2025, arXiv 2503.02689, ablation"
SECONDS = 15.0
PARTS = ("position", "context", "steps", "dropout")
CELLS = {
    "all parts": {"without": "nothing"},
    **{f"without {part}": {"without": part} for part in PARTS},
    "plain": {"without": "all"},
}


@dataclasses.dataclass(frozen=True)
class Config(studies.Digits):
    without: str = "nothing"
    timesteps: int = 4

    CHOICES = {
        **studies.Digits.CHOICES,
        "without": ("nothing", *PARTS, "all"),
    }


CONFIG = Config()
SMOKE = {"epochs": 1, "train_examples": 128, "width": 4}


class Parts(models.STAA):
    """`STAA` without one of its parts."""

    def __init__(self, without="nothing", **kwargs):
        super().__init__(**kwargs)
        self.without = without
        if without == "dropout":
            self.drop = 0.0

    def activate(self, x, name):
        y = x
        if self.without != "position":
            y = layers.PositionEncoding(name=f"{name}_position")(y)
        if self.without != "context":
            y = layers.GlobalContext(self.ratio, name=f"{name}_context")(y)
        x = layers.TSRD(self.drop, name=f"{name}_context_drop")([x, y])
        x = self.unrolled.activate(x, name)
        if self.without == "steps":
            return x
        y = layers.StepAttention(name=f"{name}_steps")(x)
        return layers.TSRD(self.drop, name=f"{name}_steps_drop")([x, y])

    def get_config(self):
        return {**super().get_config(), "without": self.without}


def student(cfg):
    flow = {"flow": Parts(cfg.without)}
    if cfg.without == "all":
        flow = {"neuron": layers.AdaptiveLIF()}
    return studies.resnet8(cfg, **flow)


def needs_teacher(cfg):
    return False


def method(cfg, student, teacher):
    return distillation.HardLabel(student)


def measure(found):
    net = student(found.config)()
    net.load_weights(found.run.folder / "student.weights.h5")
    splits = data.load("digits")
    x, y = splits.normalise(splits.test[0]), splits.test[1]
    steps = keras.Model(net.input, net.get_layer("logits_t").output)
    running = np.cumsum(steps.predict(x, verbose=0), axis=1)
    right = (running.argmax(-1) == y[:, None]).mean(axis=0)
    return {"first_steps": right.tolist(), "parameters": net.count_params()}


def verdicts(table):
    if not {*CELLS} <= {*table.cells}:
        return []
    named = ("encoding", "context", "attention", "dropout")
    found = [
        studies.better(
            "All four parts together are more accurate than none",
            *table.pairs("all parts", "plain"),
        )
    ]
    for part, words in zip(PARTS, named, strict=True):
        claim = f"The network is less accurate without its {part} {words}"
        pair = table.pairs("all parts", f"without {part}")
        claim = claim.replace("context context", "global context")
        claim = claim.replace("dropout dropout", "step dropout")
        found.append(studies.better(claim.replace("steps", "step"), *pair))
    lost = [
        table.values(cell, "first_steps")[:, -1]
        - table.values(cell, "first_steps")[:, 1]
        for cell in ("all parts", "plain")
    ]
    claim = "With half of its steps it loses less than the plain network does"
    return [*found, studies.better(claim, lost[1], lost[0])]


def draw(table, figure):
    left, right = figure.subplots(1, 2)
    studies.points(left, table, CELLS, line="plain")
    left.set_xlabel("test accuracy (%): seeds, mean, deviation")
    for cell in table.cells:
        mean = 100 * np.array(table.mean(cell, "first_steps"))
        right.plot(1 + np.arange(len(mean)), mean, "o-", label=cell, alpha=0.8)
    right.set_xlabel("first steps used, of 4")
    right.set_ylabel("test accuracy (%)")
    right.set_xticks(range(1, 5))
    right.grid(alpha=0.3)
    right.legend(fontsize=8)
