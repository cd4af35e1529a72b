import dataclasses
import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path

from kerassnn.training.config import Config


@dataclasses.dataclass(frozen=True)
class Recipe:
    """A recipe file, read: `load_recipe` makes it.

    Args:
        name: The file's name without its ending.
        folder: The file's folder.
        source: The file's text.
        doc: Its header.
        config: Its `CONFIG`.
        smoke: Its `SMOKE`, the same training shrunk to seconds.
        student: Its `student(config) -> Builder`: what is trained.
        build: Its `build(config) -> (distiller, data)`: how.
        methods: Its `METHODS`, names that its config's field `method` may
            take, where it has them.
    """

    name: str
    folder: Path
    source: str
    doc: str
    config: Config
    smoke: Config
    student: Callable
    build: Callable
    methods: tuple = ()


def load_recipe(path):
    """Reads a recipe from its Python file.

    Args:
        path: Path of the file. A `Recipe` is returned as it is.

    Raises:
        ValueError: if there is no such file, or if it lacks `CONFIG`,
            `SMOKE`, `student` or `build`.
    """
    if isinstance(path, Recipe):
        return path
    path = Path(path)
    if path.suffix != ".py" or not path.is_file():
        raise ValueError(f"expected a recipe's .py file, received: {path}")
    name = f"kerassnn_recipe_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    # Dataclasses look their own module up to read annotations.
    sys.modules[name] = module
    spec.loader.exec_module(module)
    found = vars(module)
    for key, kind in (("CONFIG", Config), ("SMOKE", Config)):
        if not isinstance(found.get(key), kind):
            raise ValueError(
                f"expected {key} to be a training.Config in {path}, "
                f"received: {key}={found.get(key)!r}"
            )
    for key in ("student", "build"):
        if not callable(found.get(key)):
            raise ValueError(f"expected a function `{key}` in {path}")
    return Recipe(
        name=path.stem,
        folder=path.resolve().parent,
        source=path.read_text(encoding="utf-8"),
        doc=module.__doc__ or "",
        config=found["CONFIG"],
        smoke=found["SMOKE"],
        student=found["student"],
        build=found["build"],
        methods=tuple(found.get("METHODS", ())),
    )
