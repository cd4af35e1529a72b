import dataclasses
import shlex
import time
from collections.abc import Mapping
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras

from kerassnn import folders
from kerassnn import training
from kerassnn.analysis.plots.drawing import figure_of
from kerassnn.files import read_json
from kerassnn.files import replacing
from kerassnn.files import write_json
from kerassnn.locking import alone
from kerassnn.studies.page import write_page
from kerassnn.studies.study import Found
from kerassnn.studies.study import Study
from kerassnn.studies.study import check_cells
from kerassnn.studies.study import load_study
from kerassnn.studies.table import Table
from kerassnn.training.environment import environment

REPORT = "zoo/studies"
SIZE = 8, 4.2  # inches; the figures have 800 pixels a line
PERSONAL = ("seed", "data_dir", "workers", "checkpoint_seconds")
PLACE = ("backend", "backend_version", "keras", "kerassnn", "hardware")


def run(
    study: Study | str | Path,
    *,
    seeds: int | None = None,
    cells: Sequence[str] | None = None,
    overrides: Mapping | Sequence[str] | None = None,
    smoke: bool = False,
    fresh: bool = False,
    folder: str | Path = "runs/studies",
    report: str | Path = REPORT,
) -> dict:
    """Measures a study's cells that are not measured yet, and reports.

    The report is written after every cell of every seed, so that a study
    goes on where it was ended; a training within a cell does, too. Seeds
    come one after the other, each with all cells. Verdicts, figure and page
    are made anew at the end, and by a call with nothing left to measure.

    Args:
        study: Path of the study's file.
        seeds: How many, 0 to `seeds - 1`. Defaults to the study's.
        cells: Names of those to measure now. Defaults to all.
        overrides: `{field: value}` or list of `"--field=value"`.
        smoke: Bool, whether two cells are measured in small, one seed each.
        fresh: Bool, whether to throw earlier measurements away.
        folder: Path of the folder of the trainings.
        report: Path of the folder of `NAME.json` and `NAME.png`, beside
            which `STUDIES.md` is written.

    Returns:
        The report, a dict.

    Raises:
        ValueError: if a cell or an override is wrong, the report is of
            other settings, or another process is measuring this study.
    """
    study, report = load_study(study), Path(report)
    config = _configure(study, overrides, smoke)
    figure_of(*SIZE)  # whether it can be drawn is told now
    seeds = 1 if smoke else study.seeds if seeds is None else seeds
    chosen = check_cells(study, [*(cells or study.cells)])
    chosen = chosen[:2] if smoke else chosen
    report.mkdir(parents=True, exist_ok=True)
    try:
        with alone(report / f".{study.name}.lock", wait=False):
            return _run(study, config, seeds, chosen, fresh, folder, report)
    except BlockingIOError:
        raise ValueError(
            f"expected no other process at {report / study.name}, received: "
            "one that measures this study now"
        ) from None


def _run(study, config, seeds, chosen, fresh, folder, report):
    path = report / f"{study.name}.json"
    found = None if fresh else read_json(path)
    head = _head(study, config)
    if found is not None and found["config"] != head["config"]:
        raise ValueError(
            f"{path} is of other settings; give --fresh to throw it away, or "
            "--report for another place"
        )
    rows = found["rows"] if found else []
    done = {(row["cell"], row["seed"]) for row in rows}
    wanted = [(c, s) for s in range(seeds) for c in chosen]
    left = [pair for pair in wanted if pair not in done]
    _tell(study, left, wanted)
    begun = time.monotonic()
    if left:
        place = environment(study.path.resolve().parent)
        head["environment"] = {key: place[key] for key in PLACE}
    else:
        head["environment"] = found["environment"]
    for i, (cell, seed) in enumerate(left, 1):
        own = _measure(study, config, cell, seed, fresh, folder)
        rows = _sorted(study, [*rows, {"cell": cell, "seed": seed, **own}])
        write_json(path, {**head, "verdicts": [], "rows": rows})
        passed = time.monotonic() - begun
        print(
            f"{study.name}: {i} of {len(left)}, {cell}, seed {seed}: "
            f"{passed:.0f} s, about {passed / i * (len(left) - i):.0f} s left",
            flush=True,
        )
    return _finish(study, config, head, rows, report)


def _measure(study, config, cell, seed, fresh, folder):
    fields = {**study.cells[cell], "seed": seed}
    config = dataclasses.replace(config, **fields)
    found, own = Found(cell, config, study.recipe), {}
    if study.recipe:
        keras.utils.clear_session()  # else every cell's graph is kept
        place = "".join(c if c.isalnum() else "-" for c in cell)
        done = training.run(
            study.recipe,
            config,
            folder=Path(folder, study.name, place),
            name=study.name,
            fresh=fresh,
        )
        found = dataclasses.replace(found, run=done)
        own = {
            "accuracy": done.accuracy,
            "seconds": done.result["seconds"],
        }
    return {**own, **(study.measure(found) if study.measure else {})}


def _finish(study, config, head, rows, report):
    table = Table(rows)
    verdicts = [dataclasses.asdict(v) for v in study.verdicts(table)]
    counts = [sum(r["cell"] == cell for r in rows) for cell in study.cells]
    found = {
        **head,
        "command": _command(study, config, max(counts), report),
        "seeds": max(counts),
        "complete": min(counts) == max(counts) > 0,
        "verdicts": verdicts,
        "rows": rows,
    }
    figure = figure_of(*SIZE)
    study.draw(table, figure)
    with replacing(report / f"{study.name}.png") as temporary:
        figure.savefig(
            temporary, dpi=100, format="png", metadata={"Software": None}
        )
    write_json(report / f"{study.name}.json", found)
    write_page(report)
    return found


def _head(study, config):
    # Without a training, its settings say nothing.
    others = () if study.recipe else dataclasses.asdict(training.Config())
    shown = {
        key: value
        for key, value in dataclasses.asdict(config).items()
        if key not in PERSONAL and key not in others
    }
    return {
        "study": study.name,
        "title": study.title,
        "paper": study.paper,
        "doc": study.doc.strip(),
        "config": shown,
    }


def _command(study, config, seeds, report):
    """What measures it again; the folder of the data is the reader's."""
    known = [Path("recipes"), *folders.shipped("recipes")]
    place = study.path.resolve().parent
    named = place in [(folder / "studies").resolve() for folder in known]
    words = ["kerassnn study", study.name if named else _shown(study.path)]
    if report.resolve() != Path(REPORT).resolve():
        words.append(f"--report={_shown(report)}")
    if seeds != study.seeds:
        words.append(f"--seeds={seeds}")
    for name, value in dataclasses.asdict(config).items():
        if value != getattr(study.config, name):
            shown = "FOLDER" if name == "data_dir" else value
            words.append(shlex.quote(f"--{name}={shown}"))
    return " ".join(words)


def _shown(path):
    """A path as a shell takes it; from here, if it is in here."""
    here = Path.cwd()
    inside = path.is_relative_to(here)
    return shlex.quote(str(path.relative_to(here) if inside else path))


def _configure(study, overrides, smoke) -> Any:
    if study.recipe:
        return study.recipe.configure(overrides, smoke=smoke)
    small = study.small if smoke else {}
    return training.override(
        dataclasses.replace(study.config, **small), overrides
    )


def _tell(study, left, wanted):
    minutes = len(left) * study.seconds / 60
    print(
        f"{study.name}: {len(left)} of {len(wanted)} cells to measure, about "
        f"{minutes:.1f} minutes of one core",
        flush=True,
    )


def _sorted(study, rows):
    order = [*study.cells]
    return sorted(rows, key=lambda r: (order.index(r["cell"]), r["seed"]))
