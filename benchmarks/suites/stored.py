"""Stored teacher logits: a training step that computes, writes or reads them.

    python -m benchmarks.suites.stored [--width=16] [--timesteps=2] [--quick]

LogitsKD on images of CIFAR's size, a batch prepared and a step taken, on
TensorFlow in bfloat16: with the teacher in the step (`live`), with a teacher
whose logits of each batch are computed and stored (`writing`), and from what
was stored (`reading`). All three run interleaved. The last line is JSON.
"""

import itertools

from benchmarks.harness import comparison
from benchmarks.harness import options
from benchmarks.harness import targets
from benchmarks.harness.interleaving import Spec

FULL = {"width": [16, 32], "timesteps": [2], "batch": [64]}
QUICK = {"width": [16], "timesteps": [2], "batch": [64]}
SIDES = ("live", "writing", "reading")


def run(effort, width, timesteps, batch):
    """The three trainings at each shape, and the targets.

    Args:
        effort: `benchmarks.harness.comparison.Effort`.
        width, timesteps, batch: Lists of int.

    Returns:
        Dict of `reading_speedup`, the step with the live teacher over the one
        that reads, the lowest; `writing_overhead`, the step that writes over
        the one with the live teacher, the highest; `targets` and `rows`.
    """
    keys = ("width", "timesteps", "batch")
    rows = []
    for values in itertools.product(width, timesteps, batch):
        shape = dict(zip(keys, values, strict=True))
        effort.log(f"-- {shape}")
        rows.append({**shape, **_row(effort, shape)})
    reading = targets.lowest(row["reading_speedup"] for row in rows)
    writing = targets.highest(row["writing_overhead"] for row in rows)
    found = {
        "reading_speedup": targets.at_least(reading, 1.1),
        "writing_overhead": targets.at_most(writing, 1.1),
    }
    return {
        "reading_speedup": reading,
        "writing_overhead": writing,
        "targets": found,
        "rows": rows,
    }


def _row(effort, shape):
    shared = {**shape, "dtype": "bfloat16", "jit": False}
    specs = [
        Spec(
            name,
            "benchmarks.ours.stored",
            {**shared, "teacher": name},
            {"KERAS_BACKEND": "tensorflow"},
        )
        for name in SIDES
    ]
    timed = comparison.time_together(specs, effort)
    sides = {spec.name: timed[spec] for spec in specs}
    for side in sides.values():
        side["images_s"] = round(shape["batch"] / side["step_s"], 1)
    live, writing, reading = (sides[name]["step_s"] for name in SIDES)
    return {
        "reading_speedup": round(live / reading, 3),
        "writing_overhead": round(writing / live, 3),
        **sides,
    }


if __name__ == "__main__":
    options.main(__doc__, run, FULL, QUICK)
