import dataclasses
from collections.abc import Callable
from pathlib import Path

import keras

from kerassnn import models
from kerassnn import zoo
from kerassnn.training.config import Config
from kerassnn.training.config import known
from kerassnn.training.reading import read_run
from kerassnn.training.recipe_file import read_recipe_file


def load_student(folder: str | Path) -> keras.Model:
    """Returns the trained student of a finished run.

    A network of none of `kerassnn.models.BUILDERS` is built by the copy of
    the recipe in the run folder: load no such folder whose origin you do not
    trust.

    Args:
        folder: Path of the run folder.

    Raises:
        ValueError: if the run is not finished, or a file of it is damaged.
    """
    run = read_run(folder)
    if not run.finished:
        raise ValueError(f"expected the folder of a finished run: {folder}")
    ours = run.result["builder"]["name"] in models.BUILDERS
    model = (run.trained if ours else _by_recipe(run))()
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
        source: Folder of a finished run, or else an entry's name; `""` for
            a teacher that has learned nothing, as in a `SMOKE`.
        untrained: Function without arguments, such as a `Builder`.
    """
    if not source:
        return untrained()
    return load_student(source) if is_run(source) else zoo.load(source)


def teacher_of(config: Config) -> str:
    """The teacher that a config names: `{seed}` in it stands for its seed.

    So that each fold of a cross-validation has a teacher of its own.
    """
    name = getattr(config, "teacher", "")
    return name.replace("{seed}", str(config.seed))


def is_run(source: str | Path) -> bool:
    """Whether a teacher is given as a run folder, not by its name."""
    # A folder of that name beside us must not take an entry's place.
    return Path(source).is_dir() and len(Path(source).parts) > 1


def _by_recipe(run):
    _, found = read_recipe_file(run.folder / "recipe.py")
    config = found["CONFIG"]
    stored = known(config, run.config)
    return found["student"](dataclasses.replace(config, **stored))
