"""Every method on digits: does it beat labels alone, and plain logits?

Reads what `kerassnn compare compare_methods --dataset=digits --seeds=5
--report=zoo/comparisons` has measured: ResNet-8 of width 8, T = 4, 12 epochs,
the same first weights and batches for all methods of a seed, so that accuracies
are paired by seed. One image of the 360 for testing is 0.28 points. The
comparison ran on TensorFlow 2.21; to read it needs no backend.

Paper: SASTC, TSER, the block-wise method and TSSD, as each paper claims to be
       more accurate than labels alone or than plain distillation.
Data:  digits, through that comparison's report.
Cost:  none; the comparison itself, 43 minutes on two cores.

    kerassnn study methods
"""

import dataclasses

from kerassnn import distillation
from kerassnn import studies
from kerassnn import training
from kerassnn.files import read_json

TITLE = "All methods on digits, paired by seed"
PAPER = "The headline claims of the five papers, at our smallest scale"
SECONDS = 0.01
SEEDS = 5
CELLS = {name: {"name": name} for name in distillation.METHODS}
# Above, below: the claim of a paper, where both are its own comparison.
CLAIMS = (
    ("SASTC", "HardLabel", "labels alone"),
    ("SASTC", "LogitsKD", "the teacher's logits alone"),
    ("SASTC", "SemCKD", "the same calibration without time"),
    ("TSER", "HardLabel", "labels alone"),
    ("TSER", "LogitsKD", "losses of the averaged logits"),
    ("BlockReplacement", "HardLabel", "labels alone, trained by BPTT"),
    ("TSSD", "HardLabel", "labels alone"),
    ("LogitsKD", "HardLabel", "labels alone"),
)


@dataclasses.dataclass(frozen=True)
class Config(training.Config):
    name: str = "HardLabel"
    report: str = "zoo/comparisons/compare_methods_digits.json"


CONFIG = Config()


def measure(found):
    report = read_json(found.config.report)
    if report is None:
        raise ValueError(
            "expected the report of a comparison, received: "
            f"report={found.config.report!r}"
        )
    (row,) = (r for r in report["rows"] if r["method"] == found.config.name)
    # In the order of the seeds, 0 to 4.
    return {
        "accuracy": row["accuracies"][found.config.seed],
        "seconds": row["seconds"],
    }


def verdicts(table):
    if not {*CELLS} <= {*table.cells}:
        return []
    return [
        studies.better(
            f"{one} is more accurate than {words} ({other})",
            *table.pairs(one, other),
        )
        for one, other, words in CLAIMS
    ]


def draw(table, figure):
    axes = figure.subplots()
    order = sorted(table.cells, key=table.mean, reverse=True)
    studies.points(axes, table, order, line="HardLabel")
    axes.tick_params("y", labelsize=8)
    axes.set_xlabel("test accuracy (%): seeds, mean, deviation")
