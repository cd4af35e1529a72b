"""Two of our own networks interleaved, at each of our settings."""

from benchmarks.harness import comparison
from benchmarks.harness import problem
from benchmarks.harness import sides


def rows(flows, effort, widths, timesteps, batches, few=False):
    """Trains both on the same batch.

    Args:
        flows: Two names of flows, as `benchmarks.ours.network` takes them.
        effort: `benchmarks.harness.comparison.Effort`.
        widths, timesteps, batches: Lists of int.
        few: Bool, whether to take those of our settings alone that a quick
            run has.

    Returns:
        List of dicts of `width`, `timesteps`, `batch`, the row of each flow
        under its name, and `ratio`, the time of the first over the second's.
    """
    return [
        {**shape, **pair}
        for path, shape in problem.shapes(effort, widths, timesteps, batches)
        for pair in _settings(flows, path, effort, shape["timesteps"], few)
    ]


def _settings(flows, path, effort, timesteps, few):
    shared = {"work": "train", "timesteps": timesteps}
    both = [
        sides.ours(path, few or effort.quick, flow=flow, **shared)
        for flow in flows
    ]
    for pair in zip(*both, strict=True):
        if not effort.wanted(pair):
            continue
        timed = comparison.time_together(pair, effort, same=False)
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
