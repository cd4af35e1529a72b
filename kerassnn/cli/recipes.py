import difflib
import shlex
from pathlib import Path

from kerassnn import folders
from kerassnn.zoo.cards import OWN_RECIPE
from kerassnn.zoo.cards import has_own_recipe


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

    Raises:
        ValueError: if there is no such recipe and no such entry, or the
            entry's recipe is its own, or its command names files: what
            comes with an entry is not run.
    """
    try:
        return find_recipe(name), [], None
    except ValueError:
        card = _card(name)
        if card is None:
            raise
    from kerassnn.training.reading import COMMAND

    command = card["recipe"]["command"]
    found, fields = COMMAND.search(command), _fields(command)
    if found and found[1] in recipes() and not has_own_recipe(card):
        _check_fields(fields, command)
        return find_recipe(found[1]), fields, name
    raise ValueError(_unknown_recipe(card, name, fields))


def _card(name):
    """The card of an entry; `None` without one."""
    from kerassnn import zoo

    try:
        return zoo.card(name)
    except ValueError:
        return None


def _fields(command):
    return [word for word in shlex.split(command) if word.startswith("--")]


def _check_fields(fields, command):
    """ValueError if one names files: a teacher's folder may hold code."""
    for field in fields:
        parts = field.partition("=")[2].split(",")
        if any(len(Path(part).parts) > 1 or "\\" in part for part in parts):
            raise ValueError(
                "expected an entry whose command names no files of whoever "
                f"trained it, received: {field}; make such files yourself, and "
                f"give the command on its card: {command}"
            )


def _unknown_recipe(card, name, fields):
    """That an entry's recipe is not here, and how it is trained."""
    from kerassnn.zoo.registry import find

    place = "FILE"
    if has_own_recipe(card):
        place = str(find(name, [OWN_RECIPE]) / OWN_RECIPE)
    own, words = Path(card["recipe"]["path"]).stem, [place, *fields]
    return (
        f"expected an entry of one of kerassnn's recipes, received: {name}, of "
        f"another, {own!r}; give its file, which you should have read: "
        f"kerassnn train {shlex.join(words)}"
    )


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
