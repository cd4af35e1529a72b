"""Finished runs, as publishing reads them."""

import dataclasses
import json
from pathlib import Path

import numpy as np

from kerassnn.zoo.schema import check
from kerassnn.zoo.weights import sha256

RESULT = {
    "accuracy": float,
    "epochs": int,
    "seconds": float,
    "builder": {"name": str, "arguments": dict},
    "dataset": str,
    "method": str,
    "method_arguments": dict,
    "teacher": (str, None),
    "timesteps": (int, None),
}
ENVIRONMENT = {
    "backend": str,
    "backend_version": str,
    "keras": str,
    "kerassnn": str,
    "hardware": str,
    "commit": (str, None),
    "command": str,
}
# What may differ between the runs of one entry.
PERSONAL = ("seed", "data_dir")
RATE_BASED = "kerassnn>RateBased"
SHARED = ("builder", "dataset", "method", "method_arguments", "teacher")


@dataclasses.dataclass(frozen=True)
class Run:
    """A finished run's folder, `runs/<recipe>/<seed>`.

    Args:
        folder: Path.
        config: Dict, what the recipe's `Config` was, its seed among it.
        result: Dict with (at least) the keys of `RESULT`.
        environment: Dict with (at least) the keys of `ENVIRONMENT`.
    """

    folder: Path
    config: dict
    result: dict
    environment: dict

    @property
    def builder(self):
        """Of the network that is published: a rate-based one's plain twin."""
        trained = self.result["builder"]
        if self.flow is None:
            return trained
        arguments = dict(trained["arguments"])
        flow = arguments.pop("flow")
        arguments["neuron"] = flow["config"]["neuron"]
        return {"name": trained["name"], "arguments": arguments}

    @property
    def flow(self):
        """The flow of a rate-based network, as JSON; `None` of another."""
        flow = self.result["builder"]["arguments"].get("flow")
        rate_based = flow and flow.get("registered_name") == RATE_BASED
        return flow if rate_based else None

    @property
    def recipe(self):
        return f"recipes/{self.folder.parent.name}.py"

    @property
    def recipe_sha256(self):
        return sha256(self.folder / "recipe.py")


def read_runs(folders):
    """The runs of one recipe, differing in the seed only.

    Args:
        folders: Paths of run folders, at least one.

    Returns:
        List of `Run`, in the order given.

    Raises:
        ValueError: if a run is not finished, or is not of the same recipe,
            settings and method as the first, or repeats a seed.
    """
    if isinstance(folders, (str, Path)) or not folders:
        raise ValueError(
            f"expected a list of run folders, received: {folders!r}"
        )
    runs = [_read(Path(folder).resolve()) for folder in folders]
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


def read_baseline(folders, run):
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


def accuracies(runs):
    """Mean, sample standard deviation and list of the runs' accuracies."""
    each = [float(run.result["accuracy"]) for run in runs]
    return {
        "accuracy_mean": float(np.mean(each)),
        "accuracy_std": float(np.std(each, ddof=1)) if len(each) > 1 else 0.0,
        "accuracies": each,
    }


def _read(folder):
    found = {}
    for name, spec in (
        ("config", {"seed": int}),
        ("result", RESULT),
        ("environment", ENVIRONMENT),
    ):
        path = folder / f"{name}.json"
        if not path.is_file():
            raise ValueError(
                f"expected a finished run, with {name}.json, received: {folder}"
            )
        value = json.loads(path.read_text(encoding="utf-8"))
        # A run may record more than a card needs.
        needed = {key: value[key] for key in spec if key in value}
        check(spec, needed, f"{folder.name}/{name}.json")
        found[name] = value
    _neutral(found["result"]["builder"]["arguments"])
    return Run(folder=folder, **found)


def _neutral(value):
    """Removes from serialised objects what is no trait of the network.

    `lif_1` says only that the process had made a `lif` before, and the
    precision is that of whoever loads the entry.
    """
    for item in value.values():
        if isinstance(item, dict):
            if "registered_name" in item and isinstance(item["config"], dict):
                item["config"].pop("name", None)
                item["config"].pop("dtype", None)
            _neutral(item)


def _identity(run):
    config = {k: v for k, v in run.config.items() if k not in PERSONAL}
    shared = {key: run.result[key] for key in SHARED}
    return {"config": config, "recipe": run.recipe_sha256, **shared}
