"""The README's Python runs as printed, and its commands exist."""

import re
from pathlib import Path

import keras
import pytest

from kerassnn import layers
from kerassnn import zoo
from kerassnn.cli import commands
from kerassnn.publishing import summary
from kerassnn.publishing.tables import readme_tables

ROOT = Path(__file__).resolve().parents[1]
CARDS = sorted(ROOT.glob("zoo/*/card.json"))
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


def test_the_tables_are_up_to_date():
    folder = ROOT / "zoo"
    cards = {p.parent.name: zoo.card(p.parent.name) for p in CARDS}
    tables = readme_tables(cards, folder.name)
    assert summary.written(README, tables) == README  # or: make results


def test_a_table_needs_its_place():
    with pytest.raises(ValueError, match="nowhere: generated"):
        summary.written(README, {"nowhere": ""})


def test_commands_exist():
    shown = set(re.findall(r"^    kerassnn (\w+)", README, re.MULTILINE))
    assert shown == set(commands.COMMANDS)


def test_presets_are_what_the_table_says():
    rows = re.findall(r"^\| `LIF(?:\.(\w+))?\(\)` \| (.*) \|$", README, re.M)
    presets = {
        name
        for name, value in vars(layers.LIF).items()
        if isinstance(value, classmethod)
    }
    assert {name for name, _ in rows} == {*presets, ""}
    for name, cells in rows:
        neuron = getattr(layers.LIF, name)() if name else layers.LIF()
        d = neuron.dynamics
        reset = "soft" if d.v_reset is None else "hard"
        assert cells.split(" | ") == [
            f"{round(d.decay, 9)}",
            f"{d.v_threshold}",
            "above it" if d.strict else "at it",
            reset + (", detached" if d.detach_reset else ""),
            f"`{type(d.surrogate).__name__}`",
        ]


def test_make_targets_exist():
    shown = set(re.findall(r"\bmake ([a-z-]+)", README))
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert shown <= set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))


def test_linked_files_exist():
    linked = set(re.findall(r"\]\(([^):#]+)\)", README))
    assert "zoo/RESULTS.md" in linked
    assert not [name for name in linked if not (ROOT / name).exists()]
