import difflib
import sysconfig
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
SHARE = Path("share", "kerassnn", "recipes")


def find_recipe(name):
    """Returns the path of a recipe given by its path or its name.

    A name is looked for in `./recipes`, in the `recipes` beside the package
    (a checkout), and in the installed `share/kerassnn/recipes`.

    Raises:
        ValueError: if there is none; the message names the nearest.
    """
    if Path(name).is_file():
        return Path(name)
    found = recipes()
    stem = Path(name).name.removesuffix(".py")
    if stem in found and Path(name).name == name:
        return found[stem]
    near = difflib.get_close_matches(stem, found, cutoff=0.0)
    raise ValueError(
        f"expected a recipe's file or name, received: {name!r}; the nearest "
        f"are {', '.join(near) or 'none'}"
    )


def recipes():
    """Returns {name: path} of the recipes that come with kerassnn."""
    folders = [Path("recipes")]
    # Beside an installed package, `recipes` could be anyone's.
    if (PACKAGE.parent / "setup.cfg").is_file():
        folders.append(PACKAGE.parent / "recipes")
    folders += [Path(sysconfig.get_path("data"), SHARE), PACKAGE / SHARE]
    found = {}
    for folder in folders:
        for path in sorted(folder.glob("*.py")):
            found.setdefault(path.stem, path)
    return found
