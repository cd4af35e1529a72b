"""One timestep of one stream: what it takes, and what stepping costs.

    python -m benchmarks.suites.streaming [--width=16] [--timesteps=8] [--quick]

`kerassnn.Stream` takes T frames, one call each; the same network unrolled
takes them in one call. Both start from NumPy and end there, compiled, a batch
of one, in float32. `latency_s` in a row is the time of a frame; the ratio is
that of T of them to the unrolled network. VGGSNN sees event frames of 34x34,
ResNet19 images of 32x32, whose stem runs at each step here and once when
unrolled. The last line is JSON.
"""

import itertools

from benchmarks.harness import comparison
from benchmarks.harness import options
from benchmarks.harness import targets
from benchmarks.harness.interleaving import Spec

FULL = {"width": [16, 32], "timesteps": [8]}
QUICK = {"width": [16], "timesteps": [4]}
BUILDERS = ("VGGSNN", "ResNet19")


def run(effort, width, timesteps):
    """Both ways of each network at each shape, and the target.

    Args:
        effort: `benchmarks.harness.comparison.Effort`.
        width, timesteps: Lists of int.

    Returns:
        Dict of `streaming_overhead`, the highest ratio of event frames;
        `targets` and `rows`.
    """
    rows = []
    for builder, w, t in itertools.product(BUILDERS, width, timesteps):
        effort.log(f"-- {builder}, width {w}, T = {t}")
        shape = {"builder": builder, "width": w, "timesteps": t}
        stream, unrolled = (
            Spec(
                f"{work} float32",
                "benchmarks.ours.streaming",
                {**shape, "work": work},
            )
            for work in ("stream", "unrolled")
        )
        timed = comparison.time_together([stream, unrolled], effort)
        one, other = timed[stream], timed[unrolled]
        one["latency_s"] = float(f"{one['step_s'] / t:.4g}")
        ratio = round(one["step_s"] / other["step_s"], 3)
        effort.log(f"{1000 * one['latency_s']:.3g} ms a frame, {ratio} times")
        found = {"stream": one, "unrolled": other, "ratio": ratio}
        rows.append({**shape, **found})
    events = [r["ratio"] for r in rows if r["builder"] == "VGGSNN"]
    overhead = targets.highest(events)
    return {
        "streaming_overhead": overhead,
        "targets": {"streaming_overhead": targets.at_most(overhead, 1.5)},
        "rows": rows,
    }


if __name__ == "__main__":
    options.main(__doc__, run, FULL, QUICK)
