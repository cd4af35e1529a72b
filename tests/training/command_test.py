"""What a shell sees of a training."""

import json

import pytest

from kerassnn import training


def test_stopped_is_told_from_finished(tiny, tmp_path, capsys):
    arguments = [f"--runs={tmp_path}", "--epochs=1"]
    assert training.distill(tiny, [*arguments, "--stop_after_seconds=0"]) == 75
    out = capsys.readouterr().out
    assert "stopped after 0 s, in epoch 1; the same command goes on" in out
    assert training.distill(tiny, arguments) == 0
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert last["folder"] == str(tmp_path / "tiny" / "0")
    # Nothing is left to be stopped.
    assert training.distill(tiny, [*arguments, "--stop_after_seconds=0"]) == 0


def test_a_negative_time_is_refused(tiny, tmp_path):
    with pytest.raises(ValueError, match="stop_after_seconds"):
        training.distill(tiny, ["--stop_after_seconds=-1"])


def test_a_run_from_before_a_field_was_added_goes_on(tiny, tmp_path):
    given = {"epochs": 1}
    place = tmp_path / "tiny" / "0"
    training.run(tiny, overrides=given, folder=tmp_path, stop_after_seconds=0)
    path = place / "config.json"
    stored = json.loads(path.read_text())
    del stored["ema"]
    path.write_text(json.dumps(stored))
    with pytest.raises(ValueError, match=r"ema: 0.0 there, 0.5 now"):
        training.run(tiny, overrides={**given, "ema": 0.5}, folder=tmp_path)
    assert training.run(tiny, overrides=given, folder=tmp_path).finished


def test_a_teacher_from_a_run_is_named_by_its_recipe(whole, tiny, tmp_path):
    given = {"epochs": 1, "teacher": str(whole.folder)}
    done = training.run(tiny, overrides=given, folder=tmp_path)
    assert done.result["teacher"] == "tiny"
