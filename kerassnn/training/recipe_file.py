import sys
import types
from pathlib import Path
from typing import Any

from kerassnn.training.config import Config


def read_recipe_file(path: Path) -> tuple[str, dict[str, Any]]:
    """As `run_file`, of a recipe.

    Raises:
        ValueError: as `run_file`, or if it lacks `CONFIG`, `student`, or both
            of `method` and `build`.
    """
    source, found = run_file(path)
    _check(found, path)
    return source, found


def run_file(path: Path) -> tuple[str, dict[str, Any]]:
    """The text of a Python file, and what it defines.

    Args:
        path: Path of the file.

    Returns:
        String, and dict name -> value.

    Raises:
        ValueError: if there is no such file.
    """
    if path.suffix != ".py" or not path.is_file():
        raise ValueError(f"expected a .py file, received: {path}")
    source = path.read_text(encoding="utf-8")
    module = types.ModuleType(f"kerassnn_recipe_{path.stem}")
    module.__file__ = str(path)
    # Dataclasses look their own module up to read annotations.
    sys.modules[module.__name__] = module
    # Not by an importer, which would leave bytecode in the run folder.
    exec(compile(source, str(path), "exec"), vars(module))
    return source, vars(module)


def _check(found, path):
    if not isinstance(found.get("CONFIG"), Config):
        raise ValueError(
            f"expected CONFIG to be a training.Config in {path}, "
            f"received: CONFIG={found.get('CONFIG')!r}"
        )
    for key in ("VARIANTS", "SMOKE"):
        if not isinstance(found.get(key, {}), dict):
            raise ValueError(
                f"expected {key} to be a dict in {path}, "
                f"received: {key}={found[key]!r}"
            )
    for keys in (("student",), ("method", "build")):
        if not any(callable(found.get(key)) for key in keys):
            raise ValueError(
                f"expected a function `{'` or `'.join(keys)}` in {path}"
            )
