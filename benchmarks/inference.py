"""Inference: images/s of ResNet-19 against other libraries.

    python -m benchmarks.inference [--width=32] [--batch=1,64] [--quick]

Norms are folded into the convolutions on our side, and on SpikingJelly's
where that is its best setting; it has a function for it, the others do not.
See `benchmarks.contest` for how sides meet. The last line is JSON.
"""

from benchmarks import bars
from benchmarks import options
from benchmarks.training import contests
from benchmarks.training import worst

FULL = {"width": [32], "timesteps": [4], "batch": [1, 64]}
QUICK = {"width": [16], "timesteps": [4], "batch": [1, 64]}


def run(effort, width, timesteps, batch):
    """Contests of all shapes, and the bar.

    Args:
        effort: `benchmarks.contest.Effort`.
        width, timesteps, batch: Lists of int.

    Returns:
        Dict of `inference_vs_spikingjelly`, the worst at the largest batch,
        `bars` and `rows`, one for each contest.
    """
    rows = contests(effort, "infer", width, timesteps, batch)
    large = [
        meetings
        for row in rows
        if row["batch"] == max(batch)
        for meetings in row["meetings"]
    ]
    name = "inference_vs_spikingjelly"
    found = {name: bars.at_least(worst(large, "default"), 2.0)}
    return {name: found[name]["value"], "bars": found, "rows": rows}


if __name__ == "__main__":
    options.main(__doc__, run, FULL, QUICK)
