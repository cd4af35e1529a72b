"""Data: the input pipeline alone against the training step that it feeds.

    python -m benchmarks.suites.data [--width=16] [--timesteps=2] [--quick]

The pipeline crops and flips, with AutoAugment and Cutout or without, on one
thread, which is less than a recipe may give it; the step is that of our
network at its fastest setting, TensorFlow in bfloat16. Both run interleaved.
The last line is JSON.
"""

from benchmarks.harness import comparison
from benchmarks.harness import options
from benchmarks.harness import problem
from benchmarks.harness import targets
from benchmarks.harness.interleaving import Spec
from benchmarks.suites.distillation import network

FULL = {"width": [16, 32], "timesteps": [2], "batch": [64]}
QUICK = {"width": [16], "timesteps": [2], "batch": [64]}
AUGMENT = {
    "crop, flip": {"policy": "", "cutout": 0},
    "crop, flip, AutoAugment, Cutout": {"policy": "auto", "cutout": 16},
}


def run(effort, width, timesteps, batch):
    """Both pipelines against the step at each shape, and the targets.

    Args:
        effort: `benchmarks.harness.comparison.Effort`.
        width, timesteps, batch: Lists of int.

    Returns:
        Dict of `data_vs_training`, the step's time over that of a batch by
        crop and flip, the lowest, and `policy_vs_training`, the same with
        AutoAugment and Cutout; `targets` and `rows`.
    """
    rows = [
        {**shape, **_row(path, effort, shape["timesteps"], shape["batch"])}
        for path, shape in problem.shapes(effort, width, timesteps, batch)
    ]
    plain, policy = (
        targets.lowest(row["ratios"][name] for row in rows) for name in AUGMENT
    )
    named = {"data_vs_training": plain, "policy_vs_training": policy}
    found = {
        name: targets.at_least(value, 5.0) for name, value in named.items()
    }
    return {**named, "targets": found, "rows": rows}


def _row(path, effort, timesteps, batch):
    step = network(
        "training",
        problem=str(path),
        timesteps=timesteps,
        flow="lif",
        work="train",
        dtype="bfloat16",
        jit=False,
    )
    shared = {"batch": batch, "workers": 1}
    pipelines = {
        name: Spec(name, "benchmarks.ours.pipeline", {**chosen, **shared})
        for name, chosen in AUGMENT.items()
    }
    timed = comparison.time_together(
        [step, *pipelines.values()], effort, same=False
    )
    seconds = timed[step]["step_s"]
    return {
        "training": timed[step],
        "pipelines": [timed[spec] for spec in pipelines.values()],
        "ratios": {
            name: round(seconds / timed[spec]["step_s"], 3)
            for name, spec in pipelines.items()
        },
    }


if __name__ == "__main__":
    options.main(__doc__, run, FULL, QUICK)
