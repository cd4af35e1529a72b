import contextlib
import dataclasses
import difflib
import shutil
import warnings
from pathlib import Path

from kerassnn.files import TEMPORARY
from kerassnn.files import read_json
from kerassnn.files import write_json
from kerassnn.files import write_text
from kerassnn.locking import alone
from kerassnn.training.checkpoint import Checkpoint

FILES = (
    "config.json",
    "recipe.py",
    "environment.json",
    "history.csv",
    "checkpoint.npz",
    "student.weights.h5",
    "result.json",
)
CURVES = "tensorboard"  # the folder of event files, where wanted
LOCK = ".lock"
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
    """The folder of one run, `<root>/<name>/<seed>`.

    Args:
        recipe: `Recipe`.
        config: Its `Config` in this run.
        root: Path under which run folders are made.
        name: String; `None` for the recipe's, with the data set's.
        minutes: Float, the time that is to choose the number of epochs, or
            `None`.
    """

    def __init__(
        self, recipe, config, root, name=None, minutes=None, fresh=False
    ):
        self.recipe = recipe
        name = name or recipe.run_name(config)
        self.path = Path(root, name, str(config.seed))
        self.minutes = minutes
        self.planned = minutes is None
        self.config = config
        if not (self.planned or fresh):
            self.config = self._plan(config)

    def _plan(self, config):
        """With the epochs that an earlier call has chosen for its minutes."""
        stored = read_json(self.path / "config.json") or {}
        told = read_json(self.path / "environment.json") or {}
        epochs, warmup = stored.get("epochs"), stored.get("warmup")
        if told.get("minutes") != self.minutes or epochs is None:
            return config
        self.planned = True
        return dataclasses.replace(config, epochs=epochs, warmup=warmup)

    def fix(self, config):
        """Writes the config down that was chosen while the run went on."""
        self.config, self.planned = config, True
        path = self.path / "environment.json"
        write_json(path, {**read_json(path), "command": self.command()})
        write_json(self.path / "config.json", dataclasses.asdict(config))

    @property
    def result(self):
        """What `result.json` holds; `{}` before the run's end."""
        return read_json(self.path / "result.json") or {}

    @property
    def checkpoint(self):
        """The last `Checkpoint`, `None` without one."""
        if not self.checkpointed:
            return None
        path = self.path / "checkpoint.npz"
        try:
            return Checkpoint.load(path)
        except ValueError as error:
            raise ValueError(
                f"{error}; give --fresh to begin this run again"
            ) from None

    @property
    def checkpointed(self):
        return (self.path / "checkpoint.npz").is_file()

    def clear(self):
        """Removes what an earlier run has left, and nothing else."""
        for name in FILES:
            (self.path / name).unlink(missing_ok=True)
        shutil.rmtree(self.path / CURVES, ignore_errors=True)

    def check_training(self):
        """Raises ValueError if the folder holds another training's state."""
        # A run without its checkpoint, the largest file, may be sent.
        if not self.checkpointed and not self.result:
            return
        wanted = self._stored
        stored = stored_config(self.path, self.base)
        found = [
            f"{name}: {stored.get(name)!r} there, {wanted.get(name)!r} now"
            for name in sorted({*stored, *wanted} - {*FREE})
            if stored.get(name) != wanted.get(name)
        ]
        told = read_json(self.path / "environment.json") or {}
        if self.minutes not in (None, told.get("minutes")):
            found.append(
                f"minutes: {told.get('minutes')} there, {self.minutes} now"
            )
        copy = self.path / "recipe.py"
        source = copy.read_text(encoding="utf-8") if copy.is_file() else ""
        found += _changes(source, self.recipe.source)
        if not self.result:
            _ = self.checkpoint  # a damaged one is told before all is built
        if found:
            raise ValueError(
                f"{self.path} holds a run of another training; give --fresh to "
                "throw it away, or --runs for another place:\n  "
                + "\n  ".join(found)
            )

    def check_free(self):
        """Raises ValueError if another process is training this run."""
        if self.path.is_dir():
            with self._locked():
                pass

    @contextlib.contextmanager
    def started(self, environment, fresh):
        """Holds the folder, and writes what describes the run into it.

        Args:
            environment: Dict for `environment.json`.
            fresh: Whether to throw away what an earlier run has left.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        with self._locked():
            if fresh:
                self.clear()
            self.check_training()  # another process may have been here
            for path in self.path.glob(f"{TEMPORARY}*"):
                path.unlink()
            self._describe(environment)
            yield

    @contextlib.contextmanager
    def _locked(self):
        with contextlib.ExitStack() as stack:
            try:
                stack.enter_context(alone(self.path / LOCK, wait=False))
            except BlockingIOError:
                raise ValueError(
                    f"expected no other training in {self.path}, received: "
                    "another process that trains this run now; wait for its "
                    "end, or give --runs for another place"
                ) from None
            yield

    def _describe(self, environment):
        if self.checkpointed:
            _warn_of_move(
                read_json(self.path / "environment.json") or {}, environment
            )
            return
        if self.result:
            return
        write_json(self.path / "config.json", self._stored)
        write_text(self.path / "recipe.py", self.recipe.source)
        if self.minutes is not None:
            environment = {**environment, "minutes": self.minutes}
        write_json(self.path / "environment.json", environment)

    @property
    def _stored(self):
        """For `config.json`; without the epochs before they are chosen."""
        unknown = {} if self.planned else {"epochs": None, "warmup": None}
        return {**dataclasses.asdict(self.config), **unknown}

    def saved(self, position):
        """How far the run has come, and how to go on, in one line."""
        return (
            f"{self.path}: saved in epoch {position.epoch + 1}, after step "
            f"{position.step}; the same command goes on"
        )

    @property
    def base(self):
        """The recipe's config for the run's data set."""
        chosen = {}
        if self.recipe.variants:
            chosen = {"dataset": self.config.dataset}
        return self.recipe.configure(chosen)

    def command(self):
        """The command that trains this run, with the seed always shown."""
        base = dataclasses.asdict(self.base)
        always = ("seed", "dataset") if self.recipe.variants else ("seed",)
        shown = [
            f"--{name}={value}"
            for name, value in dataclasses.asdict(self.config).items()
            if name not in FREE and (name in always or value != base[name])
        ]
        return " ".join(["kerassnn train", self.recipe.name, *shown])


def stored_config(path, base):
    """What `config.json` holds, with what was no field yet as in `base`."""
    stored = read_json(path / "config.json") or {}
    if not isinstance(stored, dict):
        raise ValueError(f"{path / 'config.json'}: expected a dict")
    return {**dataclasses.asdict(base), **stored}


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
            stacklevel=6,
        )


def _changes(before, now):
    """The changed lines of two texts, the first ten."""
    lines = difflib.unified_diff(
        before.splitlines(), now.splitlines(), "recipe.py", n=0, lineterm=""
    )
    changed = [x for x in lines if not x.startswith(("---", "+++", "@@"))]
    shown = [f"recipe.py: {line}" for line in changed[:10]]
    return shown + (["recipe.py: ..."] if len(changed) > 10 else [])
