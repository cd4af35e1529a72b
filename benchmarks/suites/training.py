"""Training: images/s and peak memory of ResNet-19 against other libraries.

    python -m benchmarks.suites.training [--width=32,64] [--timesteps=2,4]

One network, one batch, one rule (SGD with momentum), full backpropagation
through time on every side; see `benchmarks.harness.comparison` for how sides
are compared and `benchmarks.harness.sides` for their settings. The last line
is JSON.
"""

from benchmarks.harness import comparison
from benchmarks.harness import options
from benchmarks.harness import problem
from benchmarks.harness import sides
from benchmarks.harness import targets

FULL = {"width": [32, 64], "timesteps": [2, 4], "batch": [64]}
QUICK = {"width": [16], "timesteps": [4], "batch": [32]}


def run(effort, width, timesteps, batch):
    """Comparisons of all shapes, and the targets.

    Args:
        effort: `benchmarks.harness.comparison.Effort`.
        width, timesteps, batch: Lists of int.

    Returns:
        Dict of `training_vs_spikingjelly`, `peak_memory_vs_spikingjelly`,
        `targets` and `rows`, one for each comparison. The memory and the first
        step are those at the largest T; every figure is the worst of all.
    """
    rows = comparisons(effort, "train", width, timesteps, batch)
    met = [comparisons for row in rows for comparisons in row["comparisons"]]
    deep = [m for m in met if m["timesteps"] == max(timesteps)]
    first_s = max(row["ours"]["first_s"] for row in rows)
    found = {
        "training_vs_spikingjelly": targets.at_least(
            worst(met, "default"), 1.5
        ),
        "training_float32_vs_float32": targets.at_least(
            worst(met, "float32"), 1.15
        ),
        "training_best_vs_best": targets.at_least(worst(met, "best"), 1.15),
        "training_vs_other_peers": targets.at_least(
            worst(met, "best", sides.PEERS[1:]), 1.0
        ),
        "peak_memory_vs_spikingjelly": targets.at_most(memory(deep), 0.7),
        "first_step_s": targets.at_most(first_s, 15.0),
    }
    headlines = ("training_vs_spikingjelly", "peak_memory_vs_spikingjelly")
    named = {name: found[name]["value"] for name in headlines}
    return {**named, "targets": found, "rows": rows}


def comparisons(effort, work, widths, timesteps, batches):
    """A row for each width and batch: its `comparison.compare_libraries`."""
    rows = []
    for path, width, batch in problem.files(widths, batches):
        effort.log(
            f"-- width {width}, batch {batch}: every setting alone, "
            f"T = {max(timesteps)}"
        )
        held = comparison.compare_libraries(path, effort, work, timesteps)
        rows.append({"width": width, "batch": batch, **held})
    return rows


def worst(met, comparison, libraries=sides.PEERS[:1]):
    """Their time over ours where it is least, None if a peer is missing."""
    return targets.lowest(
        row[library].get(comparison, {}).get("ratio")
        for row in met
        for library in libraries
    )


def memory(met):
    """Our peak over that of their default, the highest of all."""
    comparisons = [row["spikingjelly"].get("default") for row in met]
    return targets.highest(
        m and m["ours"]["gain_mb"] / m["theirs"]["gain_mb"] for m in comparisons
    )


if __name__ == "__main__":
    options.main(__doc__, run, FULL, QUICK)
