"""A converted network over T, without training, beside a trained one.

The teacher of the narrow CIFAR-10 entries (ResNet-19 of width 16, a ReLU
network) becomes an SNN by `kerassnn.convert`: integrate-and-fire, soft reset,
half a threshold to begin with. A quantile says which share of a layer's
activations is at most at the threshold, measured on 128 training images;
*corrected* biases make the mean spikes of a channel its mean activations. The
student beside it was trained from the same teacher at T = 2 (LogitsKD, ten
epochs) and runs at other T as it is. The first 1,000 test images, in groups of
50 for the tests; one set of weights.

Paper: Bu et al., ICLR 2022, arXiv 2303.04347 (initial potential); Li et al.,
       ICML 2021, arXiv 2106.06984 (corrected biases).
Data:  CIFAR-10: --data_dir=FOLDER with cifar10.npz.
Cost:  a minute a cell on one core; four at T = 64.

    kerassnn study conversion --data_dir=FOLDER
"""

import dataclasses

from kerassnn import data
from kerassnn import models
from kerassnn import studies
from kerassnn import training
from kerassnn import zoo

TITLE = "Conversion without training, over T"
PAPER = "Bu et al., ICLR 2022, arXiv 2303.04347"
SECONDS = 60.0
TEACHER = "resnet19w16_ann_cifar10"
STUDENT = "resnet19w16_kd_cifar10"
GROUP = 50
CONVERTED = (4, 8, 16, 32, 64)
TRAINED = (1, 2, 4, 8)
KINDS = {
    "0.99": {"quantile": 0.99, "correct": False},
    "0.99, corrected": {"quantile": 0.99, "correct": True},
    "0.999, corrected": {"quantile": 0.999, "correct": True},
}
CELLS = {
    **{
        f"{kind} T={t}": {"timesteps": t, **how}
        for kind, how in KINDS.items()
        for t in CONVERTED
    },
    **{f"trained T={t}": {"timesteps": t, "trained": True} for t in TRAINED},
    "teacher": {"timesteps": 0},
}


@dataclasses.dataclass(frozen=True)
class Config(training.Config):
    timesteps: int = 0
    quantile: float = 0.99
    correct: bool = False
    trained: bool = False
    images: int = 1000

    LIMITED = {**training.Config.LIMITED, "images": "> 0"}


CONFIG = Config()
SMOKE = {"images": GROUP, "timesteps": 2}


def network(cfg, x):
    """What a cell measures; `x` are the teacher's training images."""
    if cfg.trained:
        return models.at_timesteps(zoo.load(STUDENT), cfg.timesteps)
    ann = zoo.load(TEACHER)
    if not cfg.timesteps:
        return ann
    how = {"quantile": cfg.quantile, "correct": cfg.correct}
    return models.convert(ann, cfg.timesteps, x[:128], **how)


def measure(found):
    cfg = found.config
    sets = data.load("cifar10", data_dir=cfg.data_dir or None)
    how = zoo.card(TEACHER)["preprocessing"]
    net = network(cfg, zoo.prepare(how, sets.train[0][:128]))
    x, y = (part[: cfg.images] for part in sets.test)
    logits = net.predict(zoo.prepare(how, x), batch_size=GROUP, verbose=0)
    right = logits.argmax(axis=1) == y.reshape(-1)
    return {
        "accuracy": float(right.mean()),
        "groups": studies.group_means(right, GROUP),
    }


def verdicts(table):
    if not {*CELLS} <= {*table.cells}:
        return []
    groups = {row["cell"]: row["groups"] for row in table.rows}
    kind = "0.99, corrected"
    enough = [
        t
        for t in CONVERTED
        if table.mean(f"{kind} T={t}") >= table.mean("trained T=2")
    ]
    return [
        studies.better(
            "Corrected biases are more accurate than none at T = 8 "
            "(quantile 0.99, 20 groups of 50 images)",
            groups[f"{kind} T=8"],
            groups["0.99 T=8"],
        ),
        studies.better(
            "At T = 8, what was trained at T = 2 is more accurate than what "
            "was converted",
            groups["trained T=8"],
            groups[f"{kind} T=8"],
        ),
        studies.fact(
            "Without training, some T up to 64 has the accuracy that "
            "training gives at T = 2",
            bool(enough),
            f"from T = {enough[0]}" if enough else "none has",
        ),
        studies.level(
            "Converted, T = 64 is within two points of the teacher",
            {name: groups[name] for name in ("teacher", f"{kind} T=64")},
            "teacher",
            0.02,
        ),
    ]


def draw(table, figure):
    axes = figure.subplots()
    for kind in KINDS:
        at = {f"{kind} T={t}": t for t in CONVERTED}
        studies.curve(axes, table, at, f"converted, {kind}")
    at = {f"trained T={t}": t for t in TRAINED}
    studies.curve(axes, table, at, "trained at T = 2", style="s-")
    if "teacher" in table.cells:
        level = 100 * table.mean("teacher")
        axes.axhline(level, color="black", lw=1, ls="--", label="teacher")
    axes.set_xscale("log", base=2)
    ticks = sorted({*CONVERTED, *TRAINED})
    axes.set_xticks(ticks, [*map(str, ticks)])
    axes.set_xlabel("T")
    axes.set_ylabel("test accuracy (%)")
    axes.legend(fontsize=8)
