"""BPTT against rate-based backpropagation: time and memory over T.

    python -m benchmarks.rate [--width=32] [--timesteps=1,2,4,8] [--quick]

The same ResNet-19 body, weights and data at the same setting; both take
turns. The last line is JSON.
"""

from benchmarks import bars
from benchmarks import options
from benchmarks import pairs

FULL = {"width": [32], "timesteps": [1, 2, 4, 8], "batch": [64]}
QUICK = {"width": [16], "timesteps": [4, 8], "batch": [32]}
BARS = {4: 1.6, 8: 2.0}  # how much faster rate-based training is, by T


def run(effort, width, timesteps, batch):
    """Both ways to train on TensorFlow at each setting, and the bars.

    Args:
        effort: `benchmarks.contest.Effort`.
        width, timesteps, batch: Lists of int.

    Returns:
        Dict of `rate_speedup_t<T>` for each T, `bars` and `rows`. A speedup
        is that at the setting in which BPTT is fastest, the lowest of all
        widths.
    """
    flows = ("bptt", "rate")
    rows = pairs.rows(flows, effort, width, timesteps, batch, few=True)
    named, found = {}, {}
    for steps in timesteps:
        name = f"rate_speedup_t{steps}"
        named[name] = bars.lowest(pairs.at_best(rows, "bptt", steps))
        if steps in BARS:
            found[name] = bars.at_least(named[name], BARS[steps])
    return {**named, "bars": found, "rows": rows}


if __name__ == "__main__":
    options.main(__doc__, run, FULL, QUICK)
