"""Block-wise: rate features beside the teacher's, and the hybrids' accuracy.

ResNet-8 of the teacher's width on digits, trained rate-based from the same
first weights at T = 2 and 4: by labels alone, and by `BlockReplacement`, whose
hybrids M1 and M2 leave the student behind stage 1 and 2 for the teacher's
remaining stages. The cosine is between the mean spikes of a stage over T and
the teacher's map, both of the published plain network, mean over test images;
both are not negative, so that it is not 0 by chance. The hybrids' accuracies
are those of training batches, in training, epoch by epoch.

Paper: Yang et al., CVPR 2025, arXiv 2503.16572, figures 2 and 3; read as an
       abstract only, the method's form is ours.
Data:  digits.
Cost:  fifteen seconds a training on one core.

    kerassnn study block
"""

import dataclasses

import keras
import numpy as np
from keras import ops

from kerassnn import data
from kerassnn import distillation
from kerassnn import layers
from kerassnn import models
from kerassnn import studies
from kerassnn import zoo

TITLE = "Block-wise: rate features and hybrids"
PAPER = "Yang et al., CVPR 2025, arXiv 2503.16572, figures 2 and 3"
SECONDS = 15.0
STEPS = (2, 4)
CELLS = {
    f"{name} T={t}": {"name": name, "timesteps": t}
    for t in STEPS
    for name in ("HardLabel", "BlockReplacement")
}
STAGES = ("stage1", "stage2", "stage3")


@dataclasses.dataclass(frozen=True)
class Config(studies.Digits):
    name: str = "BlockReplacement"
    width: int = 16

    CHOICES = {
        **studies.Digits.CHOICES,
        "name": ("HardLabel", "BlockReplacement"),
    }


CONFIG = Config()
SMOKE = {"epochs": 1, "train_examples": 128, "teacher": ""}


class Watched(distillation.BlockReplacement):
    """`BlockReplacement` that logs what its hybrids have right."""

    default_weights = {
        **distillation.BlockReplacement.default_weights,
        "m1": 0.0,
        "m2": 0.0,
    }

    def loss_terms(self, y, views):
        terms = super().loss_terms(y, views)
        labels = ops.argmax(y, axis=-1)
        for name, logits in zip(
            ("m1", "m2"), views["hybrids"].values(), strict=True
        ):
            right = ops.equal(ops.argmax(logits, axis=-1), labels)
            terms[name] = ops.mean(ops.cast(right, "float32"))
        return terms


def student(cfg):
    return studies.resnet8(cfg, flow=models.RateBased(layers.LIF.rate_based()))


def needs_teacher(cfg):
    return cfg.name != "HardLabel"


def method(cfg, student, teacher):
    if cfg.name == "HardLabel":
        return distillation.HardLabel(student)
    return Watched(student, teacher)


def measure(found):
    splits = data.load("digits")
    x = splits.normalise(splits.test[0])
    trained = student(found.config)()
    trained.load_weights(found.run.folder / "student.weights.h5")
    net = student(found.config).published()()
    models.transfer(trained, net)
    nets = net, zoo.load("resnet8_ann_digits")
    own, given = (
        keras.Model(n.input, [n.get_layer(s).output for s in STAGES]).predict(
            x, verbose=0
        )
        for n in nets
    )
    rates = [f.mean(axis=1) for f in own]
    history = found.run.history
    return {
        "cosine": [_cosine(r, a) for r, a in zip(rates, given, strict=True)],
        "epochs": [
            [row[key] for row in history]
            for key in ("accuracy", "m1", "m2")
            if key in history[0]
        ],
    }


def _cosine(one, other):
    one, other = (f.reshape(len(f), -1) for f in (one, other))
    length = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    return float(
        np.mean(np.sum(one * other, axis=1) / np.maximum(length, 1e-9))
    )


def verdicts(table):
    if not {*CELLS} <= {*table.cells}:
        return []

    def over(name, key="accuracy"):
        return [v for t in STEPS for v in table.values(f"{name} T={t}", key)]

    taught, plain = (
        over("BlockReplacement", "cosine"),
        over("HardLabel", "cosine"),
    )
    short, long = table.pairs(
        "BlockReplacement T=2", "BlockReplacement T=4", "cosine"
    )
    last = np.array(over("BlockReplacement", "epochs"))[:, :, -1]
    return [
        studies.better(
            "Rate features come nearer to the teacher's by the hybrids than "
            "by labels alone (mean of the stages, all T and seeds)",
            np.mean(taught, axis=1),
            np.mean(plain, axis=1),
            "hundredths",
        ),
        studies.better(
            "They are nearer at T = 4 than at T = 2",
            np.mean(long, axis=1),
            np.mean(short, axis=1),
            "hundredths",
        ),
        studies.better(
            "The student is more accurate by the hybrids than by labels alone",
            over("BlockReplacement"),
            over("HardLabel"),
        ),
        studies.better(
            "The hybrid that leaves the student earlier, M1, is the more "
            "accurate one in the last epoch (training batches)",
            last[:, 1],
            last[:, 2],
        ),
    ]


def draw(table, figure):
    left, right = figure.subplots(1, 2)
    for cell in table.cells:
        mean = np.array(table.mean(cell, "cosine"))
        style = "o-" if cell.startswith("Block") else "s:"
        left.plot((1, 2, 3), mean, style, label=cell)
    left.set_xticks((1, 2, 3))
    left.set_xlabel("stage")
    left.set_ylabel("cosine with the teacher's features")
    left.grid(alpha=0.3)
    left.legend(fontsize=8)
    cell = "BlockReplacement T=2"
    if cell in table.cells:
        curves = 100 * np.array(table.mean(cell, "epochs"))
        for name, curve in zip(("student", "M1", "M2"), curves, strict=True):
            right.plot(1 + np.arange(len(curve)), curve, "o-", label=name)
    right.set_xlabel("epoch (T = 2)")
    right.set_ylabel("accuracy in training (%), mean of the seeds")
    right.grid(alpha=0.3)
    right.legend(fontsize=8)
