"""The README's Python runs as printed, and its commands exist."""

import re
from pathlib import Path

import keras
import pytest

from kerassnn.cli import commands

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_examples_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {}
    for block in re.findall(r"```python\n(.*?)```", README, re.DOTALL):
        exec(compile(block, "README.md", "exec"), names)
    assert (
        names["distiller"].evaluate(
            names["splits"].normalise(names["x_test"]),
            names["y_test"],
            verbose=0,
        )[1]
        > 0.5
    )
    loaded = keras.saving.load_model(tmp_path / "student.keras")
    assert loaded.output_shape == (None, 10)


def test_commands_exist():
    shown = set(re.findall(r"^    kerassnn (\w+)", README, re.MULTILINE))
    assert shown == set(commands.COMMANDS)


def test_make_targets_exist():
    shown = set(re.findall(r"\bmake ([a-z-]+)", README))
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert shown <= set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))


def test_linked_files_exist():
    linked = set(re.findall(r"\]\(([^):#]+)\)", README))
    assert "zoo/RESULTS.md" in linked
    assert not [name for name in linked if not (ROOT / name).exists()]
