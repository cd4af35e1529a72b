"""TSER: losses of every step, the entropy's weight, the temperature.

ResNet-8, T = 4, on digits. Labels and teacher are compared with the mean of
the steps' logits, or with each step's; then the steps' entropy is rewarded
with a weight, and the teacher's temperature is changed. Of the test images on
which the teacher is wrong, the share that the student has right is counted:
there are few, as the teacher is right on 99 %, so a weaker teacher than the
zoo's is trained here, on 200 images.

Paper: Yu et al., CVPR 2025, arXiv 2503.03144; its weights are not known to us.
Data:  digits.
Cost:  eight seconds a training on one core.

    kerassnn study tser
"""

import dataclasses

import keras
import numpy as np

from kerassnn import data
from kerassnn import distillation
from kerassnn import layers
from kerassnn import studies
from kerassnn import training

TITLE = "TSER: each step, entropy, temperature"
PAPER = "Yu et al., CVPR 2025, arXiv 2503.03144"
SECONDS = 8.0
ENTROPIES = (0.0, 0.01, 0.1, 0.3)
TEMPERATURES = (2.0, 4.0, 6.0)
CELLS = {
    "averaged": {"averaged": True},
    **{f"entropy {w:g}": {"entropy": w} for w in ENTROPIES},
    **{
        f"temperature {t:g}": {"temperature": t, "entropy": 0.01}
        for t in TEMPERATURES
        if t != 4.0
    },
}
SEEN = {}  # the weak teacher, in this process


@dataclasses.dataclass(frozen=True)
class Config(studies.Digits):
    averaged: bool = False
    entropy: float = 0.01
    temperature: float = 4.0
    kd: float = 0.2
    teacher: str = ""
    teacher_examples: int = 200
    timesteps: int = 4

    LIMITED = {**studies.Digits.LIMITED, "entropy": ">= 0", "kd": ">= 0"}


CONFIG = Config()
SMOKE = {"epochs": 1, "train_examples": 128, "width": 4}


def student(cfg):
    return studies.resnet8(cfg, neuron=layers.LIF.sastc())


def weak(cfg):
    """The ANN of the student's body, of a few images of digits."""
    key = cfg.width, cfg.epochs, cfg.teacher_examples
    if key not in SEEN:
        splits = data.load("digits").take(cfg.teacher_examples)
        net = training.classification.ann_of(student(cfg))()
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        net.compile(keras.optimizers.Adam(0.01), loss, jit_compile=False)
        x, y = splits.train
        net.fit(splits.normalise(x), y, epochs=cfg.epochs, verbose=0)
        SEEN[key] = net.get_weights()
    net = training.classification.ann_of(student(cfg))()
    net.set_weights(SEEN[key])
    return net


def build(cfg):
    splits, train = training.classification.read(cfg)
    keras.utils.set_random_seed(0)  # one teacher for all cells and seeds
    teacher = weak(cfg)
    keras.utils.set_random_seed(cfg.seed)
    distiller = method(cfg, student(cfg)(), teacher)
    training.classification.finish(distiller, cfg, train)
    return distiller, training.Data.of(splits, train)


def method(cfg, student, teacher):
    weights = {"kd": cfg.kd}
    if cfg.averaged:
        return distillation.LogitsKD(
            student,
            teacher,
            temperature=cfg.temperature,
            loss_weights=weights,
        )
    return distillation.TSER(
        student,
        teacher,
        temperature=cfg.temperature,
        loss_weights={**weights, "entropy": -cfg.entropy},
    )


def measure(found):
    splits = data.load("digits")
    x, y = splits.normalise(splits.test[0]), splits.test[1]
    keras.utils.set_random_seed(0)
    teacher = weak(found.config).predict(x, verbose=0).argmax(-1)
    net = training.load_student(found.run.folder)
    steps = keras.Model(net.input, net.get_layer("logits_t").output)
    logits = steps.predict(x, verbose=0)
    own = logits.mean(axis=1).argmax(-1)
    return {
        "teacher_accuracy": float(np.mean(teacher == y)),
        "corrected": float(np.mean((own == y)[teacher != y])),
        "spoilt": float(np.mean((own != y)[teacher == y])),
        "by_step": (logits.argmax(-1) == y[:, None]).mean(0).tolist(),
    }


def verdicts(table):
    if not {*CELLS} <= {*table.cells}:
        return []
    warm = {f"temperature {t:g}": t for t in TEMPERATURES if t != 4.0}
    warm = {name: table.values(name) for name in ("entropy 0.01", *warm)}
    each = [f"entropy {w:g}" for w in ENTROPIES for _ in range(_n(table))]
    corrected = [
        x
        for w in ENTROPIES
        for x in table.values(f"entropy {w:g}", "corrected")
    ]
    first = np.array([s[0] for s in table.values("entropy 0", "by_step")])
    other = np.array([s[0] for s in table.values("averaged", "by_step")])
    return [
        studies.better(
            "Losses of each step are better than of the averaged logits",
            *table.pairs("entropy 0", "averaged"),
        ),
        studies.better(
            "They make the first step alone more accurate", first, other
        ),
        studies.better(
            "Rewarded entropy (0.01) is more accurate than none",
            *table.pairs("entropy 0.01", "entropy 0"),
        ),
        studies.correlated(
            "The larger its weight, the more of the teacher's errors are "
            "corrected",
            [float(name.split()[1]) for name in each],
            corrected,
        ),
        studies.level(
            "Temperatures of 2 to 6 are within a point of each other",
            warm,
            "entropy 0.01",
            0.01,
        ),
    ]


def _n(table):
    return len(table.values("averaged"))


def draw(table, figure):
    left, middle, right = figure.subplots(1, 3, width_ratios=(1.3, 1, 1))
    studies.points(left, table, CELLS, line="averaged")
    left.set_xlabel("test accuracy (%)")
    for name in ("averaged", "entropy 0", "entropy 0.01"):
        if name in table.cells:
            steps = 100 * np.array(table.mean(name, "by_step"))
            middle.plot(1 + np.arange(len(steps)), steps, "o-", label=name)
    middle.set_xlabel("timestep")
    middle.set_ylabel("accuracy of the step's logits (%)")
    middle.grid(alpha=0.3)
    middle.legend(fontsize=8)
    cells = {f"entropy {w:g}": w for w in ENTROPIES}
    studies.curve(right, table, cells, "corrected", "corrected")
    studies.curve(right, table, cells, "spoilt", "spoilt")
    right.set_xlabel("weight of the entropy")
    right.set_ylabel(
        "of the teacher's errors corrected,\nof its hits spoilt (%)"
    )
    right.legend(fontsize=8)
