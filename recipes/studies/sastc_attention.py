"""SASTC: mismatch scores of six methods, and what its attention learns.

ResNet-8, T = 2, on digits. The STM score is computed after training on the
test images, in batches as large as in training: the distance of the Gram
matrices of student and teacher, step by step, averaged over the pairs of
layers by SASTC's and SemCKD's attention, equally for `Uniform` (SASTC with its
attention fixed), and of stage i with stage i for the others. The paper names
the score and does not give it: the definition is ours.

Paper: Hong and Wang, AAAI 2025, arXiv 2501.08049 (its table of STM scores).
Data:  digits.
Cost:  ten seconds a training on one core.

    kerassnn study sastc_attention
"""

import dataclasses

import keras
import numpy as np

from kerassnn import distillation
from kerassnn import layers
from kerassnn import studies

TITLE = "SASTC: mismatch scores and attention"
PAPER = "Hong and Wang, AAAI 2025, arXiv 2501.08049, STM scores (ours)"
SECONDS = 12.0
# Weights as in recipes/compare_methods.py, chosen on held-out images.
CELLS = {
    "LogitsKD": {"name": "LogitsKD"},
    "SASTC": {"name": "SASTC", "weight": 30.0},
    "Uniform": {"name": "Uniform", "weight": 30.0},
    "SemCKD": {"name": "SemCKD", "weight": 15.0},
    "FitNet": {"name": "FitNet", "weight": 100.0},
    "AttentionTransfer": {"name": "AttentionTransfer", "weight": 30.0},
    "LaSNN": {"name": "LaSNN", "weight": 1.0},
}
STAGES = ("stage1", "stage2", "stage3")


@dataclasses.dataclass(frozen=True)
class Config(studies.Digits):
    name: str = "SASTC"
    weight: float = 1.0

    CHOICES = {**studies.Digits.CHOICES, "name": tuple(CELLS)}


CONFIG = Config()
SMOKE = {"epochs": 1, "train_examples": 128, "width": 4, "teacher": ""}


class Uniform(distillation.SASTC):
    """SASTC whose queries and keys are zero, so that all pairs count alike."""

    def build_adapters(self, batch_size):
        super().build_adapters(batch_size)
        for mlp in (*self.queries, *self.keys):
            mlp.trainable = False
            mlp.set_weights([np.zeros_like(w) for w in mlp.get_weights()])


def student(cfg):
    return studies.resnet8(cfg, neuron=layers.LIF.sastc())


def method(cfg, student, teacher):
    kind = {**distillation.METHODS, "Uniform": Uniform}[cfg.name]
    how = {}
    if issubclass(kind, (distillation.SASTC, distillation.SemCKD)):
        how["batch_size"] = cfg.batch_size
    if cfg.name == "FitNet":
        how["student_taps"] = how["teacher_taps"] = STAGES
    for term in {"feature", "attention"} & {*kind.default_weights}:
        how["loss_weights"] = {term: cfg.weight}
    return kind(student, teacher, **how)


def measure(found):
    cfg = found.config
    distiller, data = studies.restored(found.recipe, cfg, found.run)
    nets = distiller.student, distiller.teacher
    taps = [
        keras.Model(net.input, [net.get_layer(s).output for s in STAGES])
        for net in nets
    ]
    scores, alphas = [], []
    x = data.test[0]
    for start in range(0, len(x) - cfg.batch_size + 1, cfg.batch_size):
        part = x[start : start + cfg.batch_size]
        maps = [net.predict(part, verbose=0) for net in taps]
        alpha = None
        if hasattr(distiller, "attention"):
            alpha = _alpha(distiller, maps)
            alphas.append(alpha)
        scores.append(studies.stm_score(*maps, alpha))
    found = {"stm": float(np.mean(scores))}
    if alphas:
        found["alpha"] = np.mean(alphas, axis=0).round(4).tolist()
    return found


def _alpha(distiller, maps):
    """Attention of a batch, mean over its images: (T, Ls, Lt)."""
    named = [
        dict(zip(STAGES, map(keras.ops.convert_to_tensor, m), strict=True))
        for m in maps
    ]
    views = dict(zip(("student", "teacher"), named, strict=True))
    found = map(keras.ops.convert_to_numpy, distiller.attention(views))
    found = [a.mean(axis=-2) for a in found]
    steps = maps[0][0].shape[1]
    each = [np.broadcast_to(a, (steps, a.shape[-1])) for a in found]
    return np.stack(each, axis=1)


def verdicts(table):
    if not {*CELLS} <= {*table.cells}:
        return []
    alpha = table.mean("SASTC", "alpha")
    low, high = np.min(alpha), np.max(alpha)
    others = [name for name in CELLS if name != "SASTC"]
    return [
        studies.all_below(
            "SASTC has the lowest mismatch after training",
            {n: table.pairs("SASTC", n, "stm") for n in others},
        ),
        studies.correlated(
            "The lower the mismatch, the higher the accuracy (all methods "
            "and seeds)",
            [row["stm"] for row in table.rows],
            [row["accuracy"] for row in table.rows],
            sign=-1,
        ),
        studies.better(
            "Learned attention is more accurate than uniform weights",
            *table.pairs("SASTC", "Uniform"),
        ),
        studies.fact(
            "Attention comes to prefer pairs: a mean weight is further than "
            "0.05 from a third",
            max(high - 1 / 3, 1 / 3 - low) > 0.05,
            f"mean weights over images and seeds from {low:.3f} to {high:.3f}",
        ),
    ]


def draw(table, figure):
    left, right = figure.subfigures(1, 2, width_ratios=(1.3, 1))
    axes = left.subplots()
    for name in table.cells:
        x, y = table.values(name, "stm"), 100 * table.values(name)
        axes.plot(x, y, "o", label=name, alpha=0.8)
    axes.set_xlabel("STM score (ours; lower is better)")
    axes.set_ylabel("test accuracy (%)")
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8)
    if "SASTC" not in table.cells:
        return
    alpha = np.array(table.mean("SASTC", "alpha"))
    panels = right.subplots(1, len(alpha), squeeze=False, sharey=True)[0]
    for step, (axes, values) in enumerate(zip(panels, alpha, strict=True), 1):
        studies.grid(axes, values, (1, 2, 3), (1, 2, 3))
        axes.set_title(f"attention, step {step}", fontsize=9)
        axes.set_xlabel("teacher's stage")
    panels[0].set_ylabel("student's stage")
