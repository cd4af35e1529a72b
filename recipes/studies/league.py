"""Across methods: the league of narrow CIFAR-10 students, untrained further.

Entries of one body (ResNet-19 of width 16, T = 2; `staa` has STAA in it) and
their teacher, on all 10,000 test images: accuracy on 2,500 clean ones and on
7,500 corrupted ones (fifteen corruptions at five strengths, 100 images each,
the same for all), expected calibration error in 15 bins, agreement with the
teacher; energy, estimated, firing rate and the accuracy at other T from the
cards. Corruptions are those of `imagecorruptions`, whose strengths were made
for larger images and leave little of 32x32 pixels. One set of weights an entry:
the tests are over corruptions and parts of the clean images, and say nothing of
another seed. Dotted: what no other student beats at that energy or rate.

Paper: none; a comparison of our own.
Data:  CIFAR-10: --data_dir=FOLDER with cifar10.npz; the corruptions need
       pip install 'kerassnn[studies]'.
Cost:  two minutes of one core for all nine entries.

    kerassnn study league --data_dir=FOLDER
"""

import dataclasses

import keras
import numpy as np

from kerassnn import analysis
from kerassnn import data
from kerassnn import studies
from kerassnn import training
from kerassnn import zoo

TITLE = "Across methods: robustness, calibration, agreement, energy"
PAPER = "No paper's claim; what the methods are asked side by side"
SECONDS = 15.0
NAMES = ("hardlabel", "kd", "sastc", "tser", "twkd", "block", "tssd")
GOOD = NAMES[1:5]
TEACHER = "resnet19w16_ann_cifar10"
CELLS = {
    "teacher": {"entry": TEACHER},
    **{name: {"entry": f"resnet19w16_{name}_cifar10"} for name in NAMES},
    "staa": {"entry": "staaresnet19w16_kd_cifar10"},
}
CORRUPTIONS = (
    "gaussian_noise shot_noise impulse_noise defocus_blur glass_blur "
    "motion_blur zoom_blur snow frost fog brightness contrast "
    "elastic_transform pixelate jpeg_compression"
).split()
STRENGTHS = 5


@dataclasses.dataclass(frozen=True)
class Config(training.Config):
    entry: str = ""
    clean: int = 2500
    each: int = 100  # images of a corruption at a strength

    LIMITED = {**training.Config.LIMITED, "clean": "> 0", "each": "> 0"}


CONFIG = Config()
SMOKE = {"clean": 20, "each": 1}
PARTS = 10  # of the clean images, for tests
SEEN = {}  # the corrupted images and the teacher's classes, in this process


def corrupted(cfg, x):
    """Images of every corruption and strength, drawn anew by one seed."""
    import imagecorruptions

    if "corrupted" not in SEEN:
        np.random.seed(0)  # the package draws from it, but for two
        names = np.repeat(CORRUPTIONS, STRENGTHS * cfg.each)
        strengths = np.tile(np.repeat(1 + np.arange(STRENGTHS), cfg.each), 15)
        images = []
        for i, name in enumerate(names):
            given = {"corruption_name": name, "severity": int(strengths[i])}
            if name in ("impulse_noise", "glass_blur"):
                given["seed"] = i
            image = x[cfg.clean + i]
            images.append(imagecorruptions.corrupt(image, **given))
        SEEN["corrupted"] = np.stack(images)
    return SEEN["corrupted"]


def measure(found):
    cfg = found.config
    x, y = data.load("cifar10", data_dir=cfg.data_dir or None).test
    card, net = zoo.card(cfg.entry), zoo.load(cfg.entry)
    images = np.concatenate([x[: cfg.clean], corrupted(cfg, x)])
    y = y[: len(images)]
    given = zoo.prepare(card["preprocessing"], images)
    logits = net.predict(given, batch_size=100, verbose=0)
    right, clean = logits.argmax(-1) == y, slice(cfg.clean)
    grid = right[cfg.clean :].reshape(len(CORRUPTIONS), STRENGTHS, -1)
    p = keras.ops.convert_to_numpy(keras.ops.softmax(logits[clean]))
    brier = np.sum((p - np.eye(10)[y[clean]]) ** 2, axis=-1)
    parts = np.array_split(np.arange(cfg.clean), PARTS)
    same = logits[clean].argmax(-1) == taught(given[clean])
    rates = card["firing_rates"] or {"": 1.0}
    return {
        "accuracy": float(right[clean].mean()),
        "corrupted": grid.mean(-1).round(4).tolist(),
        "ece": analysis.calibration_error(p, y[clean]),
        "ece_parts": [analysis.calibration_error(p[i], y[i]) for i in parts],
        "brier_parts": [float(brier[i].mean()) for i in parts],
        "agreement": float(same.mean()),
        "firing_rate": float(np.mean([*rates.values()])),
        "picojoules": card["energy"]["picojoules"],
        "card_accuracy": card["results"]["accuracy"],
        "by_timesteps": card["accuracy_by_timesteps"],
    }


def taught(images):
    """The teacher's classes of the clean images, which all entries see."""
    if "teacher" not in SEEN:
        logits = zoo.load(TEACHER).predict(images, batch_size=100, verbose=0)
        SEEN["teacher"] = logits.argmax(-1)
    return SEEN["teacher"]


def verdicts(table):
    rows = {row["cell"]: row for row in table.rows}
    if not {*CELLS} <= rows.keys():
        return []
    students = [name for name in rows if name != "teacher"]
    hurt = {n: np.mean(rows[n]["corrupted"], axis=-1) for n in rows}
    kept = {n: hurt[n] / rows[n]["accuracy"] for n in rows}
    brier = {n: np.negative(rows[n]["brier_parts"]) for n in rows}
    ece = {n: np.negative(rows[n]["ece_parts"]) for n in rows}
    found = [
        studies.better(
            f"{claim}: LogitsKD, SASTC, TSER and TWKD, their mean, beside "
            "labels alone",
            np.mean([values[n] for n in GOOD], axis=0),
            values["hardlabel"],
            unit,
        )
        for claim, values, unit in (
            ("More accurate under corruption", hurt, "points"),
            ("A larger share of the clean accuracy is left", kept, "points"),
            ("Better probabilities (Brier score)", brier, "hundredths"),
            ("Better calibrated (ECE)", ece, "hundredths"),
        )
    ]
    found.append(
        studies.all_below(
            "Under corruption, every student is below its teacher",
            {n: (hurt[n], hurt["teacher"]) for n in students},
        )
    )
    found += [
        studies.correlated(
            f"The more {claim}, the more accurate a student is (all test "
            "images)",
            [rows[n][key] for n in students],
            [rows[n]["card_accuracy"] for n in students],
        )
        for claim, key in (
            ("it agrees with its teacher", "agreement"),
            ("energy it spends", "picojoules"),
            ("its neurons fire", "firing_rate"),
        )
    ]
    gains = [max(r.values()) - r["2"] for r in _steps(rows).values()]
    text = (
        f"{gains.count(0.0)} of {len(gains)} are; at their best T they gain "
        f"{100 * np.mean(gains):.2f} points on average"
    )
    claim = "Students are best at the T they were trained at, 2"
    return [*found, studies.fact(claim, not any(gains), text)]


def _steps(rows):
    found = {n: r["by_timesteps"] for n, r in rows.items()}
    return {n: steps for n, steps in found.items() if len(steps or ()) > 1}


def draw(table, figure):
    figure.set_size_inches(8, 6.4)
    above, below = figure.subfigures(2, 1)
    left, right = above.subplots(1, 2)
    rows = {row["cell"]: row for row in table.rows}
    for (name, row), color in zip(rows.items(), studies.COLORS, strict=False):
        curve = 100 * np.mean(row["corrupted"], axis=0)
        style = "--" if name == "teacher" else ".-"
        strengths = range(1, STRENGTHS + 1)
        left.plot(strengths, curve, style, color=color, label=name)
    left.set_xticks(strengths)
    left.set_xlabel("strength of the corruption")
    left.set_ylabel("accuracy, mean of 15 corruptions (%)")
    left.legend(fontsize=7, ncols=2)
    if steps := _steps(rows):
        grid = [
            [100 * s[t] for t in sorted(s, key=int)] for s in steps.values()
        ]
        studies.grid(right, grid, [*steps], range(1, len(grid[0]) + 1))
        right.set_xlabel("T tested (trained: 2)")
        right.set_title("test accuracy (%)", fontsize=9)
    _points(below.subplots(1, 3), rows)


def _points(panels, rows):
    students = {n: row for n, row in rows.items() if n != "teacher"}
    for axes, (key, scale, label), other in zip(
        panels,
        (
            ("picojoules", 1e-6, "energy of an image (µJ)"),
            ("firing_rate", 100, "firing rate, mean (%)"),
            ("agreement", 100, "agreement with teacher (%)"),
        ),
        ("card_accuracy", "card_accuracy", "ece"),
        strict=True,
    ):
        x = [scale * row[key] for row in students.values()]
        y = [100 * row[other] for row in students.values()]
        for i, name in enumerate(students):
            axes.plot(x[i], y[i], "o", color=studies.COLORS[1 + i])
            studies.note(axes, (x[i], y[i]), name, "kd" in name)
        if other != "ece":
            studies.front(axes, x, y)
        axes.set_xlabel(label, fontsize=9)
        axes.set_ylabel("ECE (%)" if other == "ece" else "test accuracy (%)")
        axes.margins(0.2)
        axes.grid(alpha=0.3)
