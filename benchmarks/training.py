"""Training: images/s and peak memory of ResNet-19 against other libraries.

    python -m benchmarks.training [--width=32,64] [--timesteps=2,4] [--quick]

One network, one batch, one rule (SGD with momentum), full backpropagation
through time on every side; see `benchmarks.contest` for how sides meet and
`benchmarks.sides` for their settings. The last line is JSON.
"""

from benchmarks import bars
from benchmarks import contest
from benchmarks import options
from benchmarks import problem
from benchmarks import sides

FULL = {"width": [32, 64], "timesteps": [2, 4], "batch": [64]}
QUICK = {"width": [16], "timesteps": [4], "batch": [32]}


def run(effort, width, timesteps, batch):
    """Contests of all shapes, and the bars.

    Args:
        effort: `benchmarks.contest.Effort`.
        width, timesteps, batch: Lists of int.

    Returns:
        Dict of `training_vs_spikingjelly`, `peak_memory_vs_spikingjelly`,
        `bars` and `rows`, one for each contest. The memory and the first
        step are those at the largest T; every figure is the worst of all.
    """
    rows = contests(effort, "train", width, timesteps, batch)
    met = [meetings for row in rows for meetings in row["meetings"]]
    deep = [m for m in met if m["timesteps"] == max(timesteps)]
    first_s = max(row["ours"]["first_s"] for row in rows)
    found = {
        "training_vs_spikingjelly": bars.at_least(worst(met, "default"), 1.5),
        "training_float32_vs_float32": bars.at_least(
            worst(met, "float32"), 1.15
        ),
        "training_best_vs_best": bars.at_least(worst(met, "best"), 1.15),
        "training_vs_other_peers": bars.at_least(
            worst(met, "best", sides.PEERS[1:]), 1.0
        ),
        "peak_memory_vs_spikingjelly": bars.at_most(memory(deep), 0.7),
        "first_step_s": bars.at_most(first_s, 15.0),
    }
    headlines = ("training_vs_spikingjelly", "peak_memory_vs_spikingjelly")
    named = {name: found[name]["value"] for name in headlines}
    return {**named, "bars": found, "rows": rows}


def contests(effort, work, widths, timesteps, batches):
    """A row for each width and batch: its `contest.hold`."""
    rows = []
    for path, width, batch in problem.files(widths, batches):
        effort.log(
            f"-- width {width}, batch {batch}: every setting alone, "
            f"T = {max(timesteps)}"
        )
        held = contest.hold(path, effort, work, timesteps)
        rows.append({"width": width, "batch": batch, **held})
    return rows


def worst(met, meeting, libraries=sides.PEERS[:1]):
    """Their time over ours where it is least, None if a peer is missing."""
    return bars.lowest(
        row[library].get(meeting, {}).get("ratio")
        for row in met
        for library in libraries
    )


def memory(met):
    """Our peak over that of their default, the highest of all."""
    meetings = [row["spikingjelly"].get("default") for row in met]
    return bars.highest(
        m and m["ours"]["gain_mb"] / m["theirs"]["gain_mb"] for m in meetings
    )


if __name__ == "__main__":
    options.main(__doc__, run, FULL, QUICK)
