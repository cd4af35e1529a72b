"""Whether the recipe of a run is one that comes with kerassnn."""

import ast
from pathlib import Path

from kerassnn import folders
from kerassnn.training import Run


def is_ours(run: Run) -> bool:
    """Whether kerassnn has a recipe of this name and the same code.

    Headers and comments may differ: a header is written once there are
    results. The files are parsed, and not run.
    """
    name = Path(run.recipe).name
    ours = [folder / name for folder in folders.shipped("recipes")]
    code = _code(run.folder / "recipe.py")
    return any(path.is_file() and _code(path) == code for path in ours)


def _code(path):
    """What a file does, as text; `None` if it is no Python."""
    try:
        tree = ast.parse(path.read_bytes())
        if ast.get_docstring(tree) is not None:
            del tree.body[0]
        return ast.dump(tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
