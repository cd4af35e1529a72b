"""Distillation: each method's training step against the plain student's.

    python -m benchmarks.suites.distillation [--width=32] [--sides=TSER]

A method cannot take less than the student's step and one forward pass of the
teacher, if it has one: `ratio` is its step over that sum, all interleaved, on
TensorFlow in bfloat16. The student of a rate-based method is rate-based in
both. Last, in float32, the same loss on logits and one pair of maps by us and
by `keras.distillation.Distiller`. The last line is JSON.
"""

from benchmarks.harness import comparison
from benchmarks.harness import options
from benchmarks.harness import problem
from benchmarks.harness import targets
from benchmarks.harness.interleaving import Spec

FULL = {"width": [32], "timesteps": [4], "batch": [64]}
QUICK = {"width": [16], "timesteps": [4], "batch": [32]}
LOGITS = ("LogitsKD", "TSER", "TWKD", "SeAlKD", "HTAKL")
# Those that run beside a student and a teacher: five networks in memory.
GROUPS = (
    ("lif", ("SASTC", "LogitsKD", "TSER")),
    ("lif", ("TWKD", "SeAlKD", "HTAKL")),
    ("rate", ("BlockReplacement", "EnhancedSelfDistillation")),
    ("lif", ("TSSD", "Strong2Weak", "Weak2Strong")),
    ("lif", ("KDSNN", "BKDSNN", "CKDSNN")),
    ("lif", ("SemCKD", "FitNet", "AttentionTransfer")),
    ("lif", ("LaSNN", "TET", "HardLabel")),
)
UNTAUGHT = (
    "EnhancedSelfDistillation",
    "HardLabel",
    "Strong2Weak",
    "TET",
    "TSSD",
    "Weak2Strong",
)
FIRST = 2  # groups of a quick run


def run(effort, width, timesteps, batch):
    """All methods at each shape, then the pair of distillers, and the targets.

    Args:
        effort: `benchmarks.harness.comparison.Effort`.
        width, timesteps, batch: Lists of int.

    Returns:
        Dict of `sastc_overhead`, `logit_overhead` (the highest),
        `distiller_vs_keras` (the lowest), `targets` and `rows`.
    """
    rows, keras = [], []
    for path, shape in problem.shapes(effort, width, timesteps, batch):
        steps = shape["timesteps"]
        rows += [{**shape, **row} for row in methods(path, effort, steps)]
        for row in against_keras(path, effort, steps):
            keras.append({**shape, **row})

    def most(names):
        return targets.highest(r["ratio"] for r in rows if r["method"] in names)

    named = {
        "sastc_overhead": most(["SASTC"]),
        "logit_overhead": most(LOGITS),
        "distiller_vs_keras": targets.lowest(row["ratio"] for row in keras),
    }
    found = {
        "sastc_overhead": targets.at_most(named["sastc_overhead"], 1.35),
        "logit_overhead": targets.at_most(named["logit_overhead"], 1.05),
        "distiller_vs_keras": targets.at_least(
            named["distiller_vs_keras"], 1.5
        ),
    }
    return {**named, "targets": found, "rows": rows + keras}


def methods(path, effort, timesteps):
    """A row for each method: the three steps and their ratio."""
    shared = {"problem": str(path), "timesteps": timesteps}
    shared |= {"dtype": "bfloat16", "jit": False}
    teacher = network("teacher", work="teach", flow="ann", **shared)
    for flow, names in GROUPS[:FIRST] if effort.quick else GROUPS:
        student = network(f"student {flow}", work="train", flow=flow, **shared)
        specs = [method(name, flow=flow, **shared) for name in names]
        specs = effort.wanted(specs)
        if not specs:
            continue
        timed = comparison.time_together(
            [student, teacher, *specs], effort, same=False
        )
        for spec in specs:
            floor = timed[student]["step_s"]
            if spec.name not in UNTAUGHT:
                floor += timed[teacher]["step_s"]
            ratio = round(timed[spec]["step_s"] / floor, 3)
            effort.log(f"{spec.name:<48} {ratio:>9} of its floor")
            yield {
                "method": spec.name,
                "ratio": ratio,
                "student": timed[student],
                "teacher": timed[teacher],
                "distiller": timed[spec],
            }


def against_keras(path, effort, timesteps):
    """Their step over ours, as a list of one row, or of none."""
    shared = {"problem": str(path), "timesteps": timesteps}
    shared |= {"dtype": "float32", "jit": False, "flow": "lif"}
    specs = [
        method("pair", name="pair float32", **shared),
        method("keras", name="keras float32", **shared),
    ]
    if effort.wanted(specs) != specs:
        return []
    timed = comparison.time_together(specs, effort)
    ours, theirs = (timed[spec] for spec in specs)
    ratio = round(theirs["step_s"] / ours["step_s"], 3)
    return [{"method": "pair", "ratio": ratio, "ours": ours, "theirs": theirs}]


def network(name, **settings):
    """Our network by itself, as a side."""
    return _side(name, "benchmarks.ours.network", settings)


def method(method, name="", **settings):
    """A distiller as a side."""
    settings = {"method": method, **settings}
    return _side(name or method, "benchmarks.ours.distiller", settings)


def _side(name, module, settings):
    return Spec(name, module, settings, {"KERAS_BACKEND": "tensorflow"})


if __name__ == "__main__":
    options.main(__doc__, run, FULL, QUICK)
