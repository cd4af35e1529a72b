import ast
import dataclasses
import difflib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kerassnn import training
from kerassnn.training.recipe import recipe_of
from kerassnn.training.recipe_file import run_file

NEEDED = ("CONFIG", "CELLS", "TITLE", "SECONDS", "verdicts", "draw")


@dataclasses.dataclass(frozen=True)
class Study:
    """A study's file, read: `load_study` makes it.

    Args:
        name: The file's name without its ending.
        path: Path of the file.
        doc: Its header.
        title: Its `TITLE`, one line.
        paper: Its `PAPER`, whose claim it is: `"SASTC, figure 2"`.
        seeds: Its `SEEDS`, how many; 1 where nothing is drawn.
        seconds: Its `SECONDS`, what a cell of a seed takes on one core.
        cells: Its `CELLS`, `{name: {field: value}}`.
        small: Its `SMOKE`, `{field: value}`.
        config: Its `CONFIG`.
        recipe: `training.Recipe`, where it trains: then the file has
            `student(cfg)` and `method(cfg, student, teacher)`, or `build`.
        measure: Its `measure(found) -> dict`, `found` a `Found`; a study
            that trains may do without.
        verdicts: Its `verdicts(table) -> [Verdict]`.
        draw: Its `draw(table, figure)`.
    """

    name: str
    path: Path
    doc: str
    title: str
    paper: str
    seeds: int
    seconds: float
    cells: dict
    small: dict
    config: Any
    recipe: training.Recipe | None
    measure: Callable | None
    verdicts: Callable
    draw: Callable


@dataclasses.dataclass(frozen=True)
class Found:
    """What a study's `measure` is given.

    Args:
        cell: Name of the cell.
        config: The cell's config, its seed in it.
        recipe: `training.Recipe` or `None`.
        run: `training.Run`, finished, or `None`.
    """

    cell: str
    config: Any
    recipe: training.Recipe | None = None
    run: training.Run | None = None


def load_study(path: Study | str | Path) -> Study:
    """Reads a study from its Python file.

    Args:
        path: Path of the file. A `Study` is returned as it is.

    Raises:
        ValueError: if there is no such file, or it lacks one of `NEEDED`,
            or both of `student` and `measure`.
    """
    if isinstance(path, Study):
        return path
    path = Path(path)
    source, found = run_file(path)
    missing = [name for name in NEEDED if name not in found]
    if "student" not in found and "measure" not in found:
        missing.append("student or measure")
    if missing:
        raise ValueError(f"{path}: expected a study with {', '.join(missing)}")
    trains = "student" in found
    return Study(
        name=path.stem,
        path=path,
        doc=found["__doc__"] or "",
        title=found["TITLE"],
        paper=found.get("PAPER", ""),
        seeds=found.get("SEEDS", 3 if trains else 1),
        seconds=float(found["SECONDS"]),
        cells=found["CELLS"],
        small=found.get("SMOKE", {}),
        config=found["CONFIG"],
        recipe=recipe_of(path, _trains(source), found) if trains else None,
        measure=found.get("measure"),
        verdicts=found["verdicts"],
        draw=found["draw"],
    )


def _trains(source):
    """A study's text without what is done behind its trainings.

    A finished training stays what it is when a figure is drawn otherwise.
    """
    lines = source.splitlines(keepends=True)
    for node in reversed(ast.parse(source).body):
        name = getattr(node, "name", None)
        if name in ("measure", "verdicts", "draw"):
            del lines[node.lineno - 1 : node.end_lineno]
    return "".join(lines)


def check_cells(study: Study, chosen: list[str]) -> list[str]:
    """The names of cells; ValueError if one is not the study's."""
    for name in chosen:
        if name not in study.cells:
            near = difflib.get_close_matches(name, study.cells, cutoff=0.0)
            raise ValueError(
                f"expected cells of {study.name}, {near or [*study.cells]}, "
                f"received: {name!r}"
            )
    return chosen
