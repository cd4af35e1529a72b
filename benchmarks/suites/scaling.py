"""Scaling: a train step as T, width, batch and the tapped stages grow.

    python -m benchmarks.suites.scaling [--timesteps=1,2,4,8] [--quick]

One of them grows at a time, the others stay at `AT`; TensorFlow in bfloat16.
All sizes of one of them run interleaved. The exponent is the slope of a line
through the logarithms: 1 is linear. Taps are SASTC's, student's and teacher's
alike, so that k taps are k^2 pairs. The last line is JSON.
"""

import math
import statistics
import tempfile
from pathlib import Path

from benchmarks.harness import comparison
from benchmarks.harness import options
from benchmarks.harness import problem
from benchmarks.suites.distillation import method
from benchmarks.suites.distillation import network

FULL = {
    "timesteps": [1, 2, 4, 8],
    "width": [8, 16, 32, 64],
    "batch": [16, 32, 64, 128],
    "taps": [1, 2, 3],
}
QUICK = {
    "timesteps": [1, 4],
    "width": [8, 16],
    "batch": [16, 64],
    "taps": [1, 3],
}
AT = {"timesteps": 2, "width": 16, "batch": 32, "taps": 0}


def run(effort, **sizes):
    """A sweep over each of them; there are no targets.

    Args:
        effort: `benchmarks.harness.comparison.Effort`.
        sizes: Lists of int by the name of what grows, as in `AT`.

    Returns:
        Dict of `scaling`, the exponent by name, `targets` and `rows`.
    """
    rows, exponents = [], {}
    with tempfile.TemporaryDirectory() as folder:
        for name, grown in sizes.items():
            effort.log(f"-- {name}")
            timed = comparison.time_together(
                [side(folder, **{**AT, name: size}) for size in grown],
                effort,
                same=False,
            )
            steps = [row["step_s"] for row in timed.values()]
            exponents[name] = exponent(grown, steps)
            effort.log(f"{name:<48} {exponents[name]!s:>9} exponent")
            for size, row in zip(grown, timed.values(), strict=True):
                rows.append({"grows": name, "size": size, **row})
    return {"scaling": exponents, "targets": {}, "rows": rows}


def side(folder, timesteps, width, batch, taps):
    """The student's step, or SASTC's if stages are tapped."""
    path = Path(folder) / f"{width}-{batch}.npz"
    if not path.exists():
        problem.make(path, width, batch)
    shared = {
        "problem": str(path),
        "timesteps": timesteps,
        "flow": "lif",
        "dtype": "bfloat16",
        "jit": False,
    }
    name = f"T = {timesteps}, width {width}, batch {batch}"
    if taps:
        name += f", {taps} taps"
        return method("SASTC", name=name, taps=taps, **shared)
    return network(name, work="train", **shared)


def exponent(sizes, seconds):
    """Slope of log seconds over log sizes; None of a single size."""
    if len(sizes) < 2:
        return None
    x, y = ([math.log(v) for v in values] for values in (sizes, seconds))
    return round(statistics.linear_regression(x, y).slope, 3)


if __name__ == "__main__":
    options.main(__doc__, run, FULL, QUICK)
