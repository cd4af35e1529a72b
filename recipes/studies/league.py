"""Across methods: the league of narrow CIFAR-10 students, untrained further.

Entries of one body (ResNet-19 of width 16, T = 2) and their teacher: accuracy
on 100 clean test images and on 300 corrupted ones (fifteen corruptions at
five strengths, 4 other images each, the same for all entries), expected
calibration error in 15 bins, agreement with the teacher; energy and the
accuracy at other T from the cards, on all 10,000 images. Corruptions are those
of the package `imagecorruptions`, whose strengths were made for larger images.
One set of weights an entry: the tests are over images and corruptions, and
say nothing of another seed.

Paper: none; a comparison of our own.
Data:  CIFAR-10: --data_dir=FOLDER with cifar10.npz.
Cost:  a minute an entry on one core.

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
PAPER = "No paper's claim; what the five methods are asked side by side"
SECONDS = 40.0
NAMES = ("hardlabel", "kd", "sastc", "tser", "twkd", "block", "tssd")
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
    clean: int = 100
    each: int = 4  # images of a corruption at a strength

    LIMITED = {**training.Config.LIMITED, "clean": "> 0", "each": "> 0"}


CONFIG = Config()
SMOKE = {"clean": 20, "each": 1}
SEEN = {}  # the corrupted images and the teacher's classes, in this process


def corrupted(cfg, x):
    """Images of every corruption and strength, drawn anew by one seed."""
    try:
        import imagecorruptions
    except ImportError as error:
        raise ImportError(
            "corruptions are made by imagecorruptions: pip install "
            "'kerassnn[studies]'"
        ) from error
    key = "corrupted", cfg.each
    if key not in SEEN:
        np.random.seed(0)  # the package draws from it
        names = np.repeat(CORRUPTIONS, STRENGTHS * cfg.each)
        strengths = np.tile(np.repeat(1 + np.arange(STRENGTHS), cfg.each), 15)
        chosen = x[cfg.clean : cfg.clean + len(names)]
        SEEN[key] = np.stack(
            [
                imagecorruptions.corrupt(
                    image, corruption_name=name, severity=int(strength)
                )
                for image, name, strength in zip(
                    chosen, names, strengths, strict=True
                )
            ]
        )
    return SEEN[key]


def measure(found):
    cfg = found.config
    x, y = data.load("cifar10", data_dir=cfg.data_dir or None).test
    card, net = zoo.card(cfg.entry), zoo.load(cfg.entry)
    bad = corrupted(cfg, x)
    images = np.concatenate([x[: cfg.clean], bad])
    y = y[: len(images)]
    given = zoo.prepare(card["preprocessing"], images)
    logits = net.predict(given, batch_size=100, verbose=0)
    right, clean = logits.argmax(-1) == y, slice(cfg.clean)
    grid = right[cfg.clean :].reshape(len(CORRUPTIONS), STRENGTHS, -1)
    p = keras.ops.convert_to_numpy(keras.ops.softmax(logits[clean]))
    brier = np.sum((p - np.eye(10)[y[clean]]) ** 2, axis=-1)
    rates = card["firing_rates"] or {"": 1.0}
    return {
        "accuracy": float(right[clean].mean()),
        "corrupted": grid.mean(-1).round(4).tolist(),
        "ece": analysis.calibration_error(p, y[clean]),
        "brier": brier.round(4).tolist(),
        "agreement": float(
            np.mean(logits[clean].argmax(-1) == taught(given[clean]))
        ),
        "firing_rate": float(np.mean([*rates.values()])),
        "picojoules": card["energy"]["picojoules"],
        "card_accuracy": card["results"]["accuracy"],
        "by_timesteps": card["accuracy_by_timesteps"],
    }


def taught(images):
    """The teacher's classes of the clean images, which all entries see."""
    key = "teacher", len(images)
    if key not in SEEN:
        net = zoo.load(TEACHER)
        SEEN[key] = net.predict(images, batch_size=100, verbose=0).argmax(-1)
    return SEEN[key]


def verdicts(table):
    rows = {row["cell"]: row for row in table.rows}
    students = [name for name in rows if name != "teacher"]

    def hurt(name):  # by corruption, over strengths
        return np.mean(rows[name]["corrupted"], axis=-1)

    if not {"teacher", "hardlabel", *NAMES, "staa"} <= rows.keys():
        return []
    good = [n for n in ("kd", "sastc", "tser", "twkd") if n in rows]
    own = [np.negative(rows[n]["brier"]) for n in good]
    own, plain = np.mean(own, axis=0), np.negative(rows["hardlabel"]["brier"])
    pairs = {n: (hurt(n), hurt("teacher")) for n in students}
    best = [max(r.values()) for r in _steps(rows).values()]
    trained = [r["2"] for r in _steps(rows).values()]
    energy = [rows[n]["picojoules"] for n in students]
    accuracy = [rows[n]["card_accuracy"] for n in students]
    agree = [rows[n]["agreement"] for n in students]
    return [
        studies.better(
            "Under corruption, the students of LogitsKD, SASTC, TSER and TWKD "
            "are more accurate than the one of labels alone",
            np.mean([hurt(n) for n in good], axis=0),
            hurt("hardlabel"),
        ),
        studies.all_below(
            "Under corruption, every student is below its teacher", pairs
        ),
        studies.better(
            "Distilled students' probabilities are better (Brier score, "
            "image by image) than those of labels alone",
            own,
            plain,
            "hundredths",
        ),
        studies.correlated(
            "The more a student agrees with its teacher, the more accurate "
            "it is (all test images)",
            agree,
            accuracy,
        ),
        studies.correlated(
            "The more energy a student spends, the more accurate it is",
            energy,
            accuracy,
        ),
        studies.fact(
            "Students are best at the T they were trained at, 2",
            all(t == b for t, b in zip(trained, best, strict=True)),
            f"{sum(t == b for t, b in zip(trained, best, strict=True))} of "
            f"{len(best)} are; at their best T they gain "
            f"{100 * np.mean(np.subtract(best, trained)):.2f} points on "
            "average",
        ),
    ]


def _steps(rows):
    found = {n: r["by_timesteps"] for n, r in rows.items()}
    return {n: steps for n, steps in found.items() if len(steps or ()) > 1}


def draw(table, figure):
    rows = {row["cell"]: row for row in table.rows}
    left, middle, right = figure.subplots(1, 3, width_ratios=(1, 1, 1.1))
    for (name, row), color in zip(rows.items(), studies.COLORS, strict=False):
        curve = 100 * np.mean(row["corrupted"], axis=0)
        style = "--" if name == "teacher" else ".-"
        strengths = 1 + np.arange(len(curve))
        left.plot(strengths, curve, style, color=color, label=name)
        place = row["picojoules"] / 1e6, 100 * row["card_accuracy"]
        middle.plot(*place, "o", color=color)
        studies.note(middle, place, name)
    left.set_xlabel("strength of the corruption")
    left.set_ylabel("accuracy, mean of 15 corruptions (%)")
    left.legend(fontsize=7, ncols=2)
    middle.set_xscale("log")
    middle.margins(0.18)
    middle.set_xlabel("energy of an image (µJ, estimate)")
    middle.set_ylabel("test accuracy (%)")
    steps = _steps(rows)
    if steps:
        grid = [
            [100 * s[t] for t in sorted(s, key=int)] for s in steps.values()
        ]
        grid = [row for row in grid if len(row) == max(map(len, grid))]
        names = [n for n, s in steps.items() if len(s) == len(grid[0])]
        studies.grid(right, grid, names, range(1, len(grid[0]) + 1))
        right.set_xlabel("T tested (trained: 2)")
        right.set_title("test accuracy (%)", fontsize=9)
