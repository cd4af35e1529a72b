"""The claims of the papers, measured here: cells, verdicts, figures, a page."""

from kerassnn.studies.cifar10 import Cifar10
from kerassnn.studies.cifar10 import on_held_out
from kerassnn.studies.cifar10 import resnet19
from kerassnn.studies.digits import Digits
from kerassnn.studies.digits import resnet8
from kerassnn.studies.drawing import COLORS
from kerassnn.studies.drawing import curve
from kerassnn.studies.drawing import front
from kerassnn.studies.drawing import grid
from kerassnn.studies.drawing import note
from kerassnn.studies.drawing import points
from kerassnn.studies.mismatch import stm_score
from kerassnn.studies.page import write_page
from kerassnn.studies.restoring import restored
from kerassnn.studies.running import run
from kerassnn.studies.study import Found
from kerassnn.studies.study import Study
from kerassnn.studies.study import load_study
from kerassnn.studies.table import Table
from kerassnn.studies.testing import all_below
from kerassnn.studies.testing import better
from kerassnn.studies.testing import better_than
from kerassnn.studies.testing import correlated
from kerassnn.studies.testing import fact
from kerassnn.studies.testing import group_means
from kerassnn.studies.testing import level
from kerassnn.studies.verdict import Verdict

__all__ = [
    "COLORS",
    "Cifar10",
    "Digits",
    "Found",
    "Study",
    "Table",
    "Verdict",
    "all_below",
    "better",
    "better_than",
    "correlated",
    "curve",
    "fact",
    "front",
    "grid",
    "group_means",
    "level",
    "load_study",
    "note",
    "on_held_out",
    "points",
    "resnet19",
    "resnet8",
    "restored",
    "run",
    "stm_score",
    "write_page",
]
