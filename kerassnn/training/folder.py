import dataclasses
import difflib
import warnings
from pathlib import Path

from kerassnn.training.checkpoint import Checkpoint
from kerassnn.training.files import TEMPORARY
from kerassnn.training.files import read_json
from kerassnn.training.files import write_json
from kerassnn.training.files import write_text

FILES = (
    "config.json",
    "recipe.py",
    "environment.json",
    "history.csv",
    "checkpoint.npz",
    "student.weights.h5",
    "result.json",
)
# These may change between two parts of a run: they change no number.
FREE = ("checkpoint_seconds", "data_dir", "workers")
PLACE = (
    "backend",
    "backend_version",
    "keras",
    "kerassnn",
    "commit",
    "hardware",
)


class Folder:
    """The folder of one run, `<root>/<recipe>/<seed>`.

    Args:
        recipe: `Recipe`.
        config: Its `Config` in this run.
        root: Path under which run folders are made.
    """

    def __init__(self, recipe, config, root):
        self.recipe = recipe
        self.config = config
        self.path = Path(root, recipe.name, str(config.seed))

    @property
    def result(self):
        """What `result.json` holds; `{}` before the run's end."""
        return read_json(self.path / "result.json") or {}

    @property
    def checkpoint(self):
        """The last `Checkpoint`, `None` without one."""
        if not self.checkpointed:
            return None
        return Checkpoint.load(self.path / "checkpoint.npz")

    @property
    def checkpointed(self):
        return (self.path / "checkpoint.npz").is_file()

    def clear(self):
        """Removes what an earlier run has left, and nothing else."""
        for name in FILES:
            (self.path / name).unlink(missing_ok=True)

    def check(self):
        """Raises ValueError if the folder holds another training's state."""
        # A run that came in parts has its result, but no checkpoint.
        if not self.checkpointed and not self.result:
            return
        stored = stored_config(self.path, self.recipe)
        wanted = dataclasses.asdict(self.config)
        found = [
            f"{name}: {stored.get(name)!r} there, {wanted.get(name)!r} now"
            for name in sorted({*stored, *wanted} - {*FREE})
            if stored.get(name) != wanted.get(name)
        ]
        source = (self.path / "recipe.py").read_text(encoding="utf-8")
        found += _changes(source, self.recipe.source)
        if found:
            raise ValueError(
                f"{self.path} holds a run of another training; give --fresh to "
                "throw it away, or --runs for another place:\n  "
                + "\n  ".join(found)
            )

    def start(self, environment):
        """Writes what describes the run, before it begins or goes on."""
        self.path.mkdir(parents=True, exist_ok=True)
        for path in self.path.glob(f"{TEMPORARY}*"):
            path.unlink()
        if self.checkpointed:
            _warn_of_move(
                read_json(self.path / "environment.json"), environment
            )
            return
        write_json(self.path / "config.json", dataclasses.asdict(self.config))
        write_text(self.path / "recipe.py", self.recipe.source)
        write_json(self.path / "environment.json", environment)

    def command(self):
        """The command that trains this run, with the seed always shown."""
        base = dataclasses.asdict(self.recipe.config)
        shown = [
            f"--{name}={value}"
            for name, value in dataclasses.asdict(self.config).items()
            if name not in FREE and (name == "seed" or value != base[name])
        ]
        return " ".join(["python", f"recipes/{self.recipe.name}.py", *shown])


def stored_config(path, recipe):
    """What `config.json` holds, with what was no field yet at its default."""
    stored = read_json(path / "config.json") or {}
    return {**dataclasses.asdict(recipe.config), **stored}


def _warn_of_move(before, now):
    moved = [
        f"{key}: {before.get(key)} -> {now[key]}"
        for key in PLACE
        if before.get(key) != now[key]
    ]
    if moved:
        warnings.warn(
            "the run goes on elsewhere, so not to the last bit: "
            + "; ".join(moved),
            stacklevel=4,
        )


def _changes(before, now):
    """The changed lines of two texts, the first ten."""
    lines = difflib.unified_diff(
        before.splitlines(), now.splitlines(), "recipe.py", n=0, lineterm=""
    )
    changed = [x for x in lines if not x.startswith(("---", "+++", "@@"))]
    shown = [f"recipe.py: {line}" for line in changed[:10]]
    return shown + (["recipe.py: ..."] if len(changed) > 10 else [])
