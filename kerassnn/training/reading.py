"""Run folders, as everyone but the training itself reads them."""

import dataclasses
import re
from pathlib import Path

from kerassnn.files import read_json
from kerassnn.files import read_rows
from kerassnn.files import sha256
from kerassnn.models import Builder
from kerassnn.zoo.schema import check_value

ENVIRONMENT = {
    "backend": str,
    "backend_version": str,
    "keras": str,
    "kerassnn": str,
    "hardware": str,
    "commit": (str, None),
    "command": str,
}
RESULT = {
    "accuracy": float,
    "epochs": int,
    "seconds": float,
    "builder": {"name": str, "arguments": dict},
    "dataset": str,
    "method": str,
    "method_arguments": dict,
    "teacher": (str, [str], None),
    "timesteps": (int, None),
}
# `kerassnn train NAME`, and in runs of before that, `python recipes/NAME.py`.
COMMAND = re.compile(r"(?:recipes/|kerassnn train )([a-z0-9_]+)")


@dataclasses.dataclass(frozen=True)
class Run:
    """A training as its folder, `<runs>/<name>/<seed>`, tells it.

    Args:
        folder: Path of the run folder.
        config: Dict, the recipe's `Config`.
        environment: Dict: versions, hardware, commit, command.
        history: List of one dict for each epoch.
        result: Dict; empty before the training's end.
    """

    folder: Path
    config: dict
    environment: dict
    history: list
    result: dict

    @property
    def finished(self) -> bool:
        """Whether the training has reached its end."""
        return bool(self.result)

    @property
    def accuracy(self) -> float | None:
        """On the test set, after the last epoch; `None` before the end."""
        return self.result.get("accuracy")

    @property
    def name(self) -> str:
        """What the run is called: an entry's name, or its recipe's."""
        return self.folder.resolve().parent.name

    @property
    def trained(self) -> Builder:
        """`Builder` of the network that was trained."""
        return Builder.from_json(self.result["builder"])

    @property
    def builder(self) -> Builder:
        """`Builder` of the network that is published."""
        return self.trained.published()

    @property
    def flow(self) -> dict | None:
        """The flow that served in training only, as JSON, or `None`."""
        trained = self.trained
        if trained == trained.published():
            return None
        return trained.to_json()["arguments"]["flow"]

    @property
    def recipe(self) -> str:
        """`recipes/NAME.py`, which its command trains."""
        found = COMMAND.search(self.environment["command"])
        return f"recipes/{found[1] if found else self.name}.py"

    @property
    def recipe_sha256(self) -> str:
        """Of the recipe's text as it was trained."""
        return sha256(self.folder / "recipe.py")


def read_run(folder: str | Path) -> Run:
    """Reads a run folder, of a training that has ended or has not.

    Args:
        folder: Path of the run folder.

    Returns:
        A `Run`.

    Raises:
        ValueError: if it is no run folder, or one of its files is not what
            a training writes; the message names the file.
    """
    folder = Path(folder)
    return Run(
        folder=folder,
        config=_read(folder, "config", {"seed": int}),
        environment=_read(folder, "environment", ENVIRONMENT),
        history=read_rows(folder / "history.csv"),
        result=_read(folder, "result", RESULT, needed=False),
    )


def _read(folder, name, spec, needed=True):
    path = folder / f"{name}.json"
    value = read_json(path)
    if value is None:
        if needed:
            raise ValueError(
                f"expected a run folder, with {name}.json, received: {folder}"
            )
        return {}
    if not isinstance(value, dict):
        raise ValueError(f"{path}: expected a dict, received: {value!r}")
    # A run may record more than its readers need.
    check_value(spec, {k: value[k] for k in spec if k in value}, str(path))
    return value
