import dataclasses
from collections.abc import Callable
from pathlib import Path

import keras

from kerassnn import zoo
from kerassnn.distillation import Ensemble
from kerassnn.models.revival import NotOurs
from kerassnn.training.config import Config
from kerassnn.training.config import known
from kerassnn.training.reading import read_run
from kerassnn.training.recipe_file import read_recipe_file


def load_student(folder: str | Path) -> keras.Model:
    """Returns the trained student of a finished run.

    A network of none of `kerassnn.models.BUILDERS`, or with a class that is
    not ours, is built by the copy of the recipe in the run folder: load no
    such folder whose origin you do not trust.

    Args:
        folder: Path of the run folder.

    Raises:
        ValueError: if the run is not finished, or a file of it is damaged.
    """
    run = _finished(folder)
    try:
        builder = run.trained
    except NotOurs:  # another function, or a class of one's own
        builder = _by_recipe(run)
    model = builder()
    path = run.folder / "student.weights.h5"
    try:
        model.load_weights(path)
    except (KeyError, OSError) as error:
        raise ValueError(
            f"{path}: expected the student's weights, received: {error}"
        ) from None
    return model


def load_teacher(
    source: str | Path, untrained: Callable[[], keras.Model]
) -> keras.Model:
    """Returns the teacher that a recipe's config names.

    Args:
        source: Folder of a finished run, or else an entry's name; several
            with commas between them, for the `Ensemble` of them; `""` for a
            teacher that has learned nothing, as in a `SMOKE`.
        untrained: Function without arguments, such as a `Builder`.

    Raises:
        ValueError: if there is one of them not, before any is loaded; if
            one is named twice, or they differ in input or classes.
    """
    if not source:
        return untrained()
    names = check_teachers(source)
    nets = [load_student(n) if is_run(n) else zoo.load(n) for n in names]
    return nets[0] if len(nets) == 1 else Ensemble(nets)


def check_teachers(source: str | Path) -> list[str]:
    """The teachers that `load_teacher` would load, each by itself.

    Raises:
        ValueError: if one is neither a finished run nor an entry, or there
            twice.
    """
    names = names_of(source)
    for name in names:
        if is_run(name):
            _finished(name)
        else:
            zoo.card(name)
    return names


def names_of(source: str | Path) -> list[str]:
    """The names and run folders that a teacher's `source` consists of.

    Raises:
        ValueError: if one is empty, or there twice.
    """
    if is_run(source):  # of a folder's name, a comma may be a part
        return [str(source)]
    names = [name.strip() for name in str(source).split(",")]
    if not all(names) or len(set(names)) < len(names):
        raise ValueError(
            "expected teachers, each once, with commas between them, "
            f"received: teacher={str(source)!r}"
        )
    return names


def teacher_of(config: Config) -> str:
    """What a config has as teacher: `{seed}` in it stands for its seed.

    So that each fold of a cross-validation has a teacher of its own. Several
    have commas between them.
    """
    name = getattr(config, "teacher", "")
    return name.replace("{seed}", str(config.seed))


def is_run(source: str | Path) -> bool:
    """Whether a teacher is given as a run folder, not by its name."""
    # A folder of that name beside us must not take an entry's place.
    return Path(source).is_dir() and len(Path(source).parts) > 1


def _finished(folder):
    run = read_run(folder)
    if not run.finished:
        raise ValueError(f"expected the folder of a finished run: {folder}")
    return run


def _by_recipe(run):
    _, found = read_recipe_file(run.folder / "recipe.py")
    config = found["CONFIG"]
    stored = known(config, run.config)
    return found["student"](dataclasses.replace(config, **stored))
