"""The command in a report measures the same study again."""

import json
import shlex
from pathlib import Path

import pytest

from kerassnn.cli import main


@pytest.mark.parametrize("place", ["", "my own/"])
def test_the_command_of_a_study_of_ones_own_runs(
    study, place, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    file, report = f"{place}mine.py", Path(f"{place}rep")
    Path(file).parent.mkdir(exist_ok=True)
    study.rename(file)
    flags = [f"--report={report}", "--seeds=1", "--log=log"]
    assert main(["study", file, *flags]) == 0
    found = json.loads((report / "mine.json").read_text())
    words = shlex.split(found["command"])
    assert words == ["kerassnn", "study", file, *flags]
    # From the folder's full path, too, and it goes on with what is there.
    assert main(words[1:]) == 0
    assert "0 of 2 cells to measure" in capsys.readouterr().out
    assert main(["study", str(tmp_path / file), *flags]) == 0
    again = json.loads((report / "mine.json").read_text())
    assert again["command"] == found["command"]


def test_a_study_that_has_its_place_goes_by_its_name(
    study, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    Path("recipes/studies").mkdir(parents=True)
    study.rename("recipes/studies/nothing.py")
    assert main(["study", "nothing", "--seeds=1", "--log=log"]) == 0
    found = json.loads(Path("zoo/studies/nothing.json").read_text())
    assert found["command"] == "kerassnn study nothing --seeds=1 --log=log"
