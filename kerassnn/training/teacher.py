import dataclasses
from pathlib import Path

from kerassnn.training.config import field_types
from kerassnn.training.files import read_json
from kerassnn.training.recipe import load_recipe


def load_student(folder):
    """Returns the trained student of a finished run.

    It is built by the copy of the recipe in the run folder: load no folder
    whose origin you do not trust, and publish it to the zoo instead.

    Args:
        folder: Path of the run folder.

    Raises:
        ValueError: if the run is not finished.
    """
    folder = Path(folder)
    if not (folder / "result.json").is_file():
        raise ValueError(f"expected the folder of a finished run: {folder}")
    recipe = load_recipe(folder / "recipe.py")
    stored = read_json(folder / "config.json")
    known = {k: stored[k] for k in field_types(recipe.config) if k in stored}
    config = dataclasses.replace(recipe.config, **known)
    model = recipe.student(config)()
    model.load_weights(folder / "student.weights.h5")
    return model


def load_teacher(source, load, untrained):
    """Returns the teacher that a recipe's config names.

    Args:
        source: Folder of a finished run, or else a name that `load` knows;
            `""` for a teacher that has learned nothing, as in a `SMOKE`.
        load: Function of a name, `kerassnn.zoo.load`.
        untrained: Function without arguments, such as a `Builder`.
    """
    if not source:
        return untrained()
    return load_student(source) if is_run(source) else load(source)


def is_run(source):
    """Whether a teacher is given as a run folder, not by its name."""
    # A folder of that name beside us must not take an entry's place.
    return Path(source).is_dir() and len(Path(source).parts) > 1
