"""The overhead of being spiking: LIF against ReLU on the same batch of B T.

    python -m benchmarks.suites.floor [--width=32,64] [--timesteps=4] [--quick]

The floor is our own network with ReLU in place of every neuron: the same
convolutions and norms over the same folded tensors, at the same setting. Both
run interleaved. The last line is JSON.
"""

from benchmarks.harness import options
from benchmarks.harness import pairs
from benchmarks.harness import targets

FULL = {"width": [32, 64], "timesteps": [4], "batch": [64]}
QUICK = {"width": [16], "timesteps": [4], "batch": [32]}


def run(effort, width, timesteps, batch):
    """Both networks at each of our settings, and the target.

    Args:
        effort: `benchmarks.harness.comparison.Effort`.
        width, timesteps, batch: Lists of int.

    Returns:
        Dict of `spiking_overhead`, `targets` and `rows`. The overhead is that
        at the setting in which the spiking network is fastest, at the
        largest T, the highest of all widths.
    """
    rows = pairs.rows(("lif", "relu"), effort, width, timesteps, batch)
    overhead = targets.highest(pairs.at_best(rows, "lif", max(timesteps)))
    found = {"spiking_overhead": targets.at_most(overhead, 1.10)}
    return {"spiking_overhead": overhead, "targets": found, "rows": rows}


if __name__ == "__main__":
    options.main(__doc__, run, FULL, QUICK)
