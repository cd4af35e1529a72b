"""Two of our own networks in turns, at each of our settings."""

import tempfile
from pathlib import Path

from benchmarks import contest
from benchmarks import problem
from benchmarks import sides


def rows(flows, effort, widths, timesteps, batches, few=False):
    """Trains both on the same batch.

    Args:
        flows: Two names of flows, as `benchmarks.ours.network` takes them.
        effort: `benchmarks.contest.Effort`.
        widths, timesteps, batches: Lists of int.
        few: Bool, whether to take those of our settings alone that a quick
            run has.

    Returns:
        List of dicts of `width`, `timesteps`, `batch`, the row of each flow
        under its name, and `ratio`, the time of the first over the second's.
    """
    found = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "problem.npz"
        for width in widths:
            for batch in batches:
                problem.make(path, width, batch)
                for steps in timesteps:
                    effort.log(f"-- width {width}, T = {steps}, batch {batch}")
                    shape = {"width": width, "timesteps": steps}
                    for pair in _settings(flows, path, effort, steps, few):
                        found.append({**shape, "batch": batch, **pair})
    return found


def _settings(flows, path, effort, timesteps, few):
    shared = {"work": "train", "timesteps": timesteps}
    both = [
        sides.ours(path, few or effort.quick, flow=flow, **shared)
        for flow in flows
    ]
    for pair in zip(*both, strict=True):
        if not effort.wanted(pair):
            continue
        timed = contest.turns(pair, effort, same=False)
        one, other = (timed[spec] for spec in pair)
        ratio = round(one["step_s"] / other["step_s"], 3)
        yield {flows[0]: one, flows[1]: other, "ratio": ratio}


def at_best(found, flow, timesteps):
    """For each width and batch the ratio where `flow` is fastest.

    Args:
        found: What `rows` returned.
        flow: String, the flow whose fastest setting counts.
        timesteps: Int.

    Returns:
        List of floats.
    """
    shapes = {}
    for row in found:
        if row["timesteps"] == timesteps:
            shapes.setdefault((row["width"], row["batch"]), []).append(row)
    best = [
        min(fit, key=lambda row: row[flow]["step_s"]) for fit in shapes.values()
    ]
    return [row["ratio"] for row in best]
