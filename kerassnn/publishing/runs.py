"""Finished runs, as publishing reads them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from kerassnn.data import NAMES
from kerassnn.data.constants import STREAMED
from kerassnn.models.revival import NotOurs
from kerassnn.training import Run
from kerassnn.training import read_run

NEEDED = ("history.csv", "recipe.py", "student.weights.h5")
OWN = (
    ". A network of code that kerassnn does not have is no entry, as loading "
    "one runs none: share it with that code as a file, "
    "`kerassnn.training.load_student(RUN).save('student.keras')`, or add the "
    "class to kerassnn (CONTRIBUTING.md)"
)
# What may differ between the runs of one entry.
PERSONAL = ("seed", "data_dir")
SHARED = ("builder", "dataset", "method", "method_arguments", "teacher")


def read_runs(folders: Sequence[str | Path]) -> list[Run]:
    """The runs of one recipe, differing in the seed only.

    Args:
        folders: Paths of run folders, at least one.

    Returns:
        List of `Run`, in the order given.

    Raises:
        ValueError: if a run is not finished, or its data set is streamed, or
            it is not of the same recipe, settings and method as the first,
            or repeats a seed.
    """
    if isinstance(folders, (str, Path)) or not folders:
        raise ValueError(
            f"expected a list of run folders, received: {folders!r}"
        )
    runs = [_read(Path(folder).resolve()) for folder in folders]
    if runs[0].config.get("folds"):
        raise ValueError(
            "expected runs tested on the test set, received: "
            f"{runs[0].folder}, of a cross-validation"
        )
    dataset = runs[0].result["dataset"]
    if dataset in STREAMED:
        raise ValueError(
            f"expected runs of {', '.join(NAMES)}, which an entry is measured "
            f"on, received: {runs[0].folder}, of {dataset}, which is streamed"
        )
    seeds = [run.config["seed"] for run in runs]
    if len(set(seeds)) != len(seeds):
        raise ValueError(f"expected runs of distinct seeds, received: {seeds}")
    first = _identity(runs[0])
    for run in runs[1:]:
        other = _identity(run)
        wrong = sorted(key for key in first if first[key] != other[key])
        if wrong:
            raise ValueError(
                f"expected {run.folder} to differ from {runs[0].folder} in "
                f"its seed only, received: another {', '.join(wrong)}"
            )
    return runs


def read_baseline(
    folders: Sequence[str | Path] | None, run: Run
) -> list[Run] | None:
    """The runs of the same network as `run`, trained in another way."""
    if folders is None:
        return None
    runs = read_runs(folders)
    for key in ("builder", "dataset", "timesteps"):
        given, wanted = (
            r.builder if key == "builder" else r.result[key]
            for r in (runs[0], run)
        )
        if given != wanted:
            raise ValueError(
                f"expected baseline_runs of the same {key}, {wanted}, "
                f"received: {given}"
            )
    return runs


def accuracies(runs: list[Run]) -> dict:
    """Mean, sample standard deviation and list of the runs' accuracies."""
    each = [float(run.result["accuracy"]) for run in runs]
    return {
        "accuracy_mean": float(np.mean(each)),
        "accuracy_std": float(np.std(each, ddof=1)) if len(each) > 1 else 0.0,
        "accuracies": each,
    }


def _read(folder):
    run = read_run(folder)
    if not run.finished:
        raise ValueError(
            f"expected a finished run, with result.json, received: {folder}"
        )
    for name in NEEDED:
        if not (folder / name).is_file():
            raise ValueError(
                f"{folder / name}: expected what a training writes, "
                "received: no such file"
            )
    try:
        run.result["builder"] = run.trained.to_json()
        run.builder.to_json()
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        own = OWN if isinstance(error, NotOurs) else ""
        raise ValueError(f"{folder / 'result.json'}: {error}{own}") from None
    return run


def _identity(run):
    config = {k: v for k, v in run.config.items() if k not in PERSONAL}
    shared = {key: run.result[key] for key in SHARED}
    return {"config": config, "recipe": run.recipe_sha256, **shared}
