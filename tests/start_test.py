"""What is imported when: little by the command, all by `import kerassnn`."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import kerassnn

ROOT = Path(kerassnn.__file__).parents[1]
HEAVY = ["jax", "keras", "sklearn", "tensorflow", "torch"]
SEEN = f"print([m for m in {HEAVY} if m in sys.modules], file=sys.stderr)"
LAZY = ["", "publishing", "zoo"]
SAVE = """
import kerassnn, keras
neuron = kerassnn.layers.ParametricLIF()
kerassnn.models.ResNet8(width=2, timesteps=2, neuron=neuron).save("net.keras")
"""
LOAD = """
import kerassnn, keras
print(keras.saving.load_model("net.keras").name)
"""


def run(*arguments, folder=ROOT, **environment):
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["list"],
        ["info", "resnet8_sastc_digits"],
        ["evaluate", "--help"],
        ["train", "--help"],
        ["site", "--help"],
        ["publish", "--help"],
    ],
    ids=" ".join,
)
def test_reading_commands_import_no_backend(arguments, tmp_path):
    # As the installed script starts it.
    script = tmp_path / "kerassnn"
    script.write_text(
        "import atexit, sys\nfrom kerassnn.cli import main\n"
        f"atexit.register(lambda: {SEEN})\nsys.exit(main())\n"
    )
    done = run(str(script), *arguments)
    assert done.returncode == 0, done.stderr
    assert done.stdout
    assert done.stderr == "[]\n"


@pytest.mark.parametrize("module", ["kerassnn", "kerassnn.cli"])
def test_the_module_starts_as_light(module):
    done = run("-X", "importtime", "-m", module, "--help")
    assert "usage: kerassnn" in done.stdout
    assert "keras.src" not in done.stderr and "numpy" not in done.stderr


@pytest.mark.slow
def test_importing_the_package_registers_every_class(tmp_path):
    assert run("-c", SAVE, folder=tmp_path).returncode == 0
    done = run("-c", LOAD, folder=tmp_path)
    assert done.stdout == "resnet8\n", done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("package", LAZY)
def test_lazy_names_are_those_that_type_checkers_see(package):
    """And those of `__all__`; each can be had, and completed by Tab."""
    name = ".".join(filter(None, ["kerassnn", package]))
    path = ROOT.joinpath(*name.split("."), "__init__.py")
    checked = {
        alias.asname or alias.name
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.If)
        for line in node.body
        for alias in line.names
    }
    code = (
        f"import json, sys; sys.argv[0] = 'kerassnn'; import {name} as m; "
        "print(json.dumps([m.__all__, dir(m), [getattr(m, n).__name__ "
        "for n in m.__all__]]))"
    )
    done = run("-c", code)
    assert done.returncode == 0, done.stderr
    public, shown, found = json.loads(done.stdout)
    assert checked <= {*public} <= {*shown}
    assert all(found)


def test_a_name_that_is_not_there():
    with pytest.raises(AttributeError, match="'kerassnn.zoo' has no"):
        _ = kerassnn.zoo.lode
    with pytest.raises(ImportError):
        from kerassnn import laiers  # noqa: F401
