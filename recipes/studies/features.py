"""Rate features of the league beside their teacher's, by stage and T.

Students of the league of narrow CIFAR-10 entries (ResNet-19 of width 16,
trained at T = 2 from the teacher's weights) run for 8 steps on 64 test images;
spiking networks are causal, so that the first T of them are the run of T
steps. The cosine is between the mean spikes of a stage and the teacher's map,
mean over images. The mismatch is the STM score as defined by us
(`kerassnn.studies.stm_score`), stage i with stage i, at T = 2: attention is not
published with a student. One set of weights an entry: tests are over images,
and say nothing of another seed.

Paper: Yang et al., CVPR 2025, arXiv 2503.16572, figure 2 (read as an abstract
       and captions); Hong and Wang, AAAI 2025, arXiv 2501.08049, STM scores.
Data:  CIFAR-10: --data_dir=FOLDER with cifar10.npz.
Cost:  ten seconds an entry on one core.

    kerassnn study features --data_dir=FOLDER
"""

import dataclasses

import keras
import numpy as np

from kerassnn import data
from kerassnn import models
from kerassnn import studies
from kerassnn import training
from kerassnn import zoo

TITLE = "Block-wise: rate features and the teacher's, by stage and T"
PAPER = "Yang et al., CVPR 2025, arXiv 2503.16572, figure 2"
SECONDS = 15.0
TEACHER = "resnet19w16_ann_cifar10"
NAMES = ("hardlabel", "block", "kd", "sastc", "tser", "twkd", "tssd")
CELLS = {name: {"entry": f"resnet19w16_{name}_cifar10"} for name in NAMES}
STAGES = ("stage1", "stage2", "stage3")


@dataclasses.dataclass(frozen=True)
class Config(training.Config):
    entry: str = ""
    images: int = 64
    timesteps: int = 8

    LIMITED = {**training.Config.LIMITED, "images": "> 0", "timesteps": "> 0"}


CONFIG = Config()
SMOKE = {"images": 4, "timesteps": 2}


def maps(net, x):
    """Tapped stages of a network, a list of arrays."""
    outputs = [net.get_layer(stage).output for stage in STAGES]
    return keras.Model(net.input, outputs).predict(x, batch_size=32, verbose=0)


def cosines(spikes, given):
    """Of the mean of the first T steps with a map: (images, T)."""
    steps = spikes.shape[1]
    rates = np.cumsum(spikes, axis=1) / np.arange(1, steps + 1).reshape(
        1, -1, *([1] * (spikes.ndim - 2))
    )
    one, other = rates.reshape(len(rates), steps, -1), given
    other = other.reshape(len(other), 1, -1)
    length = np.linalg.norm(one, axis=-1) * np.linalg.norm(other, axis=-1)
    return np.sum(one * other, axis=-1) / np.maximum(length, 1e-9)


def measure(found):
    cfg = found.config
    x = data.load("cifar10", data_dir=cfg.data_dir or None).test[0]
    card = zoo.card(cfg.entry)
    x = zoo.prepare(card["preprocessing"], x[: cfg.images])
    spikes = maps(models.at_timesteps(zoo.load(cfg.entry), cfg.timesteps), x)
    given = maps(zoo.load(TEACHER), x)
    pairs = zip(spikes, given, strict=True)
    each = np.stack([cosines(s, a) for s, a in pairs])
    return {
        "cosine": each.mean(axis=1).round(4).tolist(),
        "at_2": each[:, :, 1].mean(axis=0).round(4).tolist(),
        "at_last": each[:, :, -1].mean(axis=0).round(4).tolist(),
        "stm": studies.stm_score([s[:, :2] for s in spikes], given),
        "accuracy": card["results"]["accuracy"],
        "parameters": card["parameters"],
        "sops": card["energy"]["sops"],
    }


def verdicts(table):
    rows = {row["cell"]: row for row in table.rows}
    if rows.keys() != CELLS.keys():
        return []
    plain, tssd = rows["hardlabel"], rows["tssd"]
    return [
        studies.better(
            "Rate features are nearer to the teacher's by the block-wise "
            "method than by labels alone (T = 2, mean of the stages, image by "
            "image)",
            rows["block"]["at_2"],
            plain["at_2"],
            "hundredths",
        ),
        studies.better(
            "Rate features of the block-wise student are nearer to the "
            "teacher's at T = 8 than at T = 2",
            rows["block"]["at_last"],
            rows["block"]["at_2"],
            "hundredths",
        ),
        studies.better(
            "Rate features of SASTC, which matches features, are nearer to "
            "the teacher's than those of LogitsKD, which does not (T = 2)",
            rows["sastc"]["at_2"],
            rows["kd"]["at_2"],
            "hundredths",
        ),
        studies.correlated(
            "The lower a student's mismatch (STM, ours), the higher its "
            "accuracy",
            [row["stm"] for row in table.rows],
            [row["accuracy"] for row in table.rows],
            sign=-1,
        ),
        studies.fact(
            "TSSD's deployed network has no more parameters than its twin "
            "trained on labels alone",
            tssd["parameters"] <= plain["parameters"],
            f"{tssd['parameters']} against {plain['parameters']}",
        ),
        studies.fact(
            "TSSD's network spends no more synaptic operations on an image "
            "than that twin",
            tssd["sops"] <= plain["sops"],
            f"{tssd['sops'] / 1e6:.2f} million against "
            f"{plain['sops'] / 1e6:.2f} (mean of 1,000 images, from the cards)",
        ),
    ]


def draw(table, figure):
    *panels, last = figure.subplots(1, 4, width_ratios=(1, 1, 1, 1.2))
    for row, color in zip(table.rows, studies.COLORS, strict=False):
        for axes, curve in zip(panels, row["cosine"], strict=True):
            steps = 1 + np.arange(len(curve))
            axes.plot(steps, curve, ".-", label=row["cell"], color=color, lw=1)
        place = row["stm"], 100 * row["accuracy"]
        last.plot(*place, "o", color=color)
        studies.note(last, place, row["cell"])
    for stage, axes in zip(STAGES, panels, strict=True):
        axes.set_title(stage, fontsize=10)
        axes.set_xlabel("T")
        axes.set_xticks(range(2, len(table.rows[0]["cosine"][0]) + 1, 2))
        axes.grid(alpha=0.3)
    panels[0].set_ylabel("cosine with the teacher's map")
    panels[0].legend(fontsize=7)
    last.margins(0.3)
    last.set_xlabel("STM score (ours), T = 2")
    last.set_ylabel("test accuracy (%)")
