"""Names of a package that are imported when they are first asked for."""

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any


def is_command() -> bool:
    """Whether this process is the `kerassnn` command, which starts light.

    Any other one imports the whole package with its root: Keras finds the
    classes of a saved model only if they are registered by then.
    """
    called = (sys.argv or [""])[0]
    if called == "-m":  # while Python looks for the module to run
        named = sys.orig_argv[-len(sys.argv)].removeprefix("-m")
        return named in ("kerassnn", "kerassnn.cli")
    return Path(called).stem == "kerassnn"


def attach(
    package: str, places: dict[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Makes a package's `__getattr__` and `__dir__`.

    Args:
        package: String, the package's `__name__`.
        places: `{name: module}`, the module that has the name, or is it;
            `"module:other"` if the name is `other` there.

    Returns:
        Pair of functions.
    """

    def get(name: str) -> Any:
        if name not in places:
            raise AttributeError(
                f"module {package!r} has no attribute {name!r}"
            )
        place, _, other = places[name].partition(":")
        found: Any = importlib.import_module(place)
        if place != f"{package}.{name}":
            found = getattr(found, other or name)
        setattr(sys.modules[package], name, found)
        return found

    def names() -> list[str]:
        return sorted({*vars(sys.modules[package]), *places})

    return get, names
