"""What the package makes public: listed, documented and annotated."""

import ast
import importlib
import inspect
from pathlib import Path

import keras
import pytest

import kerassnn

PACKAGE = Path(kerassnn.__file__).parent
NAMES = [
    ".".join(path.parent.relative_to(PACKAGE.parent).parts)
    for path in sorted(PACKAGE.rglob("__init__.py"))
    if ast.parse(path.read_text(encoding="utf-8")).body[1:]  # more than a text
]
NAMES.remove("kerassnn.cli.commands")  # a table of what it imports
# What Keras calls has Keras's signature.
KERAS = set(dir(keras.Model)) | set(dir(keras.utils.PyDataset))


@pytest.mark.parametrize("name", NAMES)
def test_a_package_lists_its_public_names(name):
    package = importlib.import_module(name)
    assert len(set(package.__all__)) == len(package.__all__)
    assert all(hasattr(package, public) for public in package.__all__)
    source = Path(package.__file__).read_text(encoding="utf-8")
    imported = {
        alias.asname or alias.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and node.module.startswith(name)
        for alias in node.names
    }
    private = {"attach", "is_command", "__version__"}
    assert imported - private <= set(package.__all__)


def test_type_checkers_are_told_that_there_are_types():
    assert (PACKAGE / "py.typed").is_file()


def public(name):
    """What a package lists, and what of it is ours to annotate."""
    package = importlib.import_module(name)
    for listed in package.__all__:
        found = getattr(package, listed)
        if inspect.isfunction(found):
            yield listed, found
        elif inspect.isclass(found):
            for key, value in vars(found).items():
                value = getattr(value, "__func__", value)  # class methods
                value = getattr(value, "fget", value)  # properties
                own = not key.startswith("_") and key not in KERAS
                if inspect.isfunction(value) and (own or key == "__init__"):
                    yield f"{listed}.{key}", value


@pytest.mark.parametrize("name", NAMES)
def test_what_is_public_is_annotated(name):
    bare = []
    for listed, function in public(name):
        signature = inspect.signature(function)
        bare += [
            f"{listed}({parameter.name})"
            for parameter in signature.parameters.values()
            if parameter.annotation is parameter.empty
            and parameter.name not in ("self", "cls")
        ]
        returns = signature.return_annotation is not signature.empty
        bare += [] if returns or listed.endswith(".__init__") else [listed]
    assert bare == []
