"""Inference: images/s of ResNet-19 against other libraries.

    python -m benchmarks.suites.inference [--width=32] [--batch=1,64] [--quick]

Norms are folded into the convolutions on our side, and on SpikingJelly's
where that is its best setting; it has a function for it, the others do not.
See `benchmarks.harness.comparison` for how sides are
compared. The last line is JSON.
"""

from benchmarks.harness import options
from benchmarks.harness import targets
from benchmarks.suites.training import comparisons
from benchmarks.suites.training import worst

FULL = {"width": [32], "timesteps": [4], "batch": [1, 64]}
QUICK = {"width": [16], "timesteps": [4], "batch": [1, 64]}


def run(effort, width, timesteps, batch):
    """Comparisons of all shapes, and the target.

    Args:
        effort: `benchmarks.harness.comparison.Effort`.
        width, timesteps, batch: Lists of int.

    Returns:
        Dict of `inference_vs_spikingjelly`, the worst at the largest batch,
        `targets` and `rows`, one for each comparison.
    """
    rows = comparisons(effort, "infer", width, timesteps, batch)
    large = [
        comparisons
        for row in rows
        if row["batch"] == max(batch)
        for comparisons in row["comparisons"]
    ]
    name = "inference_vs_spikingjelly"
    found = {name: targets.at_least(worst(large, "default"), 2.0)}
    return {name: found[name]["value"], "targets": found, "rows": rows}


if __name__ == "__main__":
    options.main(__doc__, run, FULL, QUICK)
