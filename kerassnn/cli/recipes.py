import difflib
import shlex
from pathlib import Path

from kerassnn import folders


def find_recipe(name: str) -> Path:
    """Returns the path of a recipe given by its path or its name.

    A name, or `recipes/NAME.py` as cards have it, is looked for in
    `./recipes`, in the `recipes` beside the package (a checkout), and in the
    installed `share/kerassnn/recipes`.

    Raises:
        ValueError: if there is none; the message names the nearest.
    """
    return _find(name, "recipe", "recipes", recipes())


def find_study(name: str) -> Path:
    """Returns the path of a study, as `find_recipe` that of a recipe.

    Raises:
        ValueError: if there is none; the message names the nearest.
    """
    return _find(name, "study", "recipes/studies", studies())


def _find(name, kind, place, found):
    if Path(name).is_file():
        return Path(name)
    stem = Path(name).name.removesuffix(".py")
    if stem in found and name in (stem, f"{place}/{stem}.py"):
        return found[stem]
    near = difflib.get_close_matches(stem, found, cutoff=0.0)
    raise ValueError(
        f"expected a {kind}'s file or name, received: {name!r}; the nearest "
        f"are {', '.join(near) or 'none'}"
    )


def find_training(name: str) -> tuple[Path, list[str], str | None]:
    """Returns how something is trained, given a recipe or an entry.

    Args:
        name: String, as for `find_recipe`, or the name of an entry of the
            zoo, which was trained by a recipe with some of its fields.

    Returns:
        A triple: the recipe's path, a list of `--field=value`, and what the
        run is called, `None` for the recipe's name.
    """
    try:
        return find_recipe(name), [], None
    except ValueError:
        fields = _fields_of(name)
        if fields is None:
            raise
    recipe, *fields = fields
    return find_recipe(recipe), fields, name


def _fields_of(name):
    """The recipe and fields on an entry's card; `None` without an entry."""
    from kerassnn import zoo
    from kerassnn.training.reading import COMMAND

    try:
        command = zoo.card(name)["recipe"]["command"]
    except ValueError:
        return None
    found = COMMAND.search(command)
    if not found:
        return None
    flags = shlex.split(command[found.end() :])
    return [found[1], *(flag for flag in flags if flag.startswith("--"))]


def recipes() -> dict[str, Path]:
    """Returns {name: path} of the recipes that come with kerassnn."""
    return _files("*.py")


def studies() -> dict[str, Path]:
    """Returns {name: path} of the studies that come with kerassnn."""
    return _files("studies/*.py")


def _files(pattern):
    found = {}
    for folder in (Path("recipes"), *folders.shipped("recipes")):
        for path in sorted(folder.glob(pattern)):
            found.setdefault(path.stem, path)
    return found
