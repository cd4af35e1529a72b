"""What a shell sees of a training."""

import json

import pytest

from kerassnn import training


@pytest.mark.slow
def test_stopped_is_told_from_finished(tiny, tmp_path, capsys):
    arguments = [f"--runs={tmp_path}", "--epochs=1"]
    assert training.train(tiny, [*arguments, "--stop_after_seconds=0"]) == 75
    out = capsys.readouterr().out
    assert "stopped after 0 s, in epoch 1; the same command goes on" in out
    assert training.train(tiny, [*arguments, "--json"]) == 0
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert last["folder"] == str(tmp_path / "tiny" / "0")
    # Nothing is left to be stopped.
    assert training.train(tiny, [*arguments, "--stop_after_seconds=0"]) == 0
    percent = 100 * last["accuracy"]
    text = f"{last['folder']}: test accuracy {percent:.2f} %"
    assert capsys.readouterr().out.splitlines()[-1] == text


@pytest.mark.parametrize("wrong", ("-1", "nan", "inf"))
def test_a_time_that_is_none_is_refused(tiny, tmp_path, wrong):
    flags = [f"--runs={tmp_path}", f"--stop_after_seconds={wrong}"]
    with pytest.raises(ValueError, match="stop_after_seconds"):
        training.train(tiny, flags)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
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


@pytest.mark.slow
def test_a_teacher_from_a_run_is_named_by_its_recipe(whole, tiny, tmp_path):
    given = {"epochs": 1, "teacher": str(whole.folder)}
    done = training.run(tiny, overrides=given, folder=tmp_path)
    assert done.result["teacher"] == "tiny"
