"""A study of nothing, in a file of its own."""

import pytest

SOURCE = '''"""A study of nothing.

What it says of itself.

Paper: none.
"""

import dataclasses
from pathlib import Path

from kerassnn import studies
from kerassnn import training

TITLE = "Nothing: much ado"
PAPER = "Shakespeare, 1599"
SECONDS = 1.0
SEEDS = 3
CELLS = {"low": {"height": 1.0}, "high": {"height": 2.0}}


@dataclasses.dataclass(frozen=True)
class Config(training.Config):
    height: float = 0.0
    tall: int = 1
    log: str = ""


CONFIG = Config()
SMOKE = {"tall": 2}


def measure(found):
    cfg = found.config
    with open(cfg.log, "a") as file:
        file.write(f"{found.cell} {cfg.seed}\\n")
    return {"accuracy": cfg.height + 0.1 * cfg.seed**2 * cfg.height}


def verdicts(table):
    return [studies.better("High is higher", *table.pairs("high", "low"))]


def draw(table, figure):
    studies.points(figure.subplots(), table, CELLS, line="low")
'''


@pytest.fixture
def study(tmp_path):
    path = tmp_path / "nothing.py"
    path.write_text(SOURCE)
    return path
