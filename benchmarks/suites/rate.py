"""BPTT against rate-based backpropagation: time and memory over T.

    python -m benchmarks.suites.rate [--width=32] [--timesteps=1,2,4,8]

The same ResNet-19 body, weights and data at the same setting; both run
interleaved. The last line is JSON.
"""

from benchmarks.harness import options
from benchmarks.harness import pairs
from benchmarks.harness import targets

FULL = {"width": [32], "timesteps": [1, 2, 4, 8], "batch": [64]}
QUICK = {"width": [16], "timesteps": [4, 8], "batch": [32]}
TARGETS = {4: 1.6, 8: 2.0}  # how much faster rate-based training is, by T


def run(effort, width, timesteps, batch):
    """Both ways to train on TensorFlow at each setting, and the targets.

    Args:
        effort: `benchmarks.harness.comparison.Effort`.
        width, timesteps, batch: Lists of int.

    Returns:
        Dict of `rate_speedup_t<T>` for each T, `targets` and `rows`. A speedup
        is that at the setting in which BPTT is fastest, the lowest of all
        widths.
    """
    flows = ("bptt", "rate")
    rows = pairs.rows(flows, effort, width, timesteps, batch, few=True)
    named, found = {}, {}
    for steps in timesteps:
        name = f"rate_speedup_t{steps}"
        named[name] = targets.lowest(pairs.at_best(rows, "bptt", steps))
        if steps in TARGETS:
            found[name] = targets.at_least(named[name], TARGETS[steps])
    return {**named, "targets": found, "rows": rows}


if __name__ == "__main__":
    options.main(__doc__, run, FULL, QUICK)
