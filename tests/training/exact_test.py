"""Wherever a run ends, it goes on as if it had not."""

import json
import shutil

import keras
import numpy as np
import pytest

from kerassnn import data
from kerassnn import training

# No checkpoint but those at the ends of epochs; changes no number.
SELDOM = {"checkpoint_seconds": 1e9}
ONE_A_CALL = keras.backend.backend() == "torch"  # Keras's torch trainer
CASES = [
    pytest.param({"ema": 0.9}, id="ema"),
    pytest.param(
        {"steps_per_execution": 3},
        id="steps_per_execution",
        marks=pytest.mark.skipif(ONE_A_CALL, reason="one step a call"),
    ),
]


@pytest.fixture
def break_at(monkeypatch):
    """Makes the pipeline fail at a step, or work again, given None."""
    batch = data.Pipeline.batch

    def set_to(where):
        def failing(self, epoch, step):
            if (epoch, step) == where:
                raise OSError("the disk is gone")
            return batch(self, epoch, step)

        monkeypatch.setattr(data.Pipeline, "batch", failing)

    return set_to


def break_off(tiny, folder, break_at, where, overrides):
    """A run that fails at `where`, outside of Keras's own error types."""
    break_at(where)
    with pytest.raises(Exception, match="disk"):
        training.run(tiny, overrides=overrides, folder=folder)
    break_at(None)


@pytest.mark.slow
def test_a_run_that_failed_behind_an_epoch(
    whole, tiny, tmp_path, break_at, same_state
):
    """The next epoch's averages hold nothing of the one before."""
    break_off(tiny, tmp_path, break_at, (1, 3), SELDOM)
    with np.load(tmp_path / "tiny" / "0" / "checkpoint.npz") as file:
        position = json.loads(str(file["meta"]))["position"]
    assert (position["epoch"], position["step"]) == (1, 0)
    same_state(training.run(tiny, overrides=SELDOM, folder=tmp_path), whole)


@pytest.mark.slow
def test_a_run_goes_on_elsewhere(whole, tiny, tmp_path, same_state):
    training.run(tiny, folder=tmp_path / "here", stop_after_seconds=0)
    shutil.copytree(tmp_path / "here", tmp_path / "there")
    same_state(training.run(tiny, folder=tmp_path / "there"), whole)


@pytest.mark.slow
@pytest.mark.parametrize("overrides", CASES)
def test_broken_off_three_times(
    overrides, tiny, tmp_path, break_at, same_state
):
    one = training.run(tiny, overrides=overrides, folder=tmp_path / "one")
    parts = tmp_path / "parts"
    part = training.run(
        tiny, overrides=overrides, folder=parts, stop_after_seconds=0
    )
    assert not part.finished
    break_off(tiny, parts, break_at, (0, 15), overrides)
    break_off(tiny, parts, break_at, (2, 3), {**overrides, **SELDOM})
    done = training.run(tiny, overrides=overrides, folder=parts)
    same_state(done, one)
    assert done.result["loss"] == one.result["loss"]
    for a, b in zip(
        training.load_student(done.folder).get_weights(),
        training.load_student(one.folder).get_weights(),
        strict=True,
    ):
        assert (a == b).all()


@pytest.mark.slow
def test_averaged_weights_are_what_is_measured_and_kept(tiny, tmp_path):
    """Also after a kill between the last checkpoint and the result."""
    given = {"ema": 0.9, "epochs": 1}
    done = training.run(tiny, overrides=given, folder=tmp_path)
    student = training.load_student(done.folder)
    with np.load(done.folder / "checkpoint.npz") as file:
        names = json.loads(str(file["meta"]))["names"]
        averages = [
            file[f"optimizer/{i}"]
            for i, name in enumerate(names["optimizer"])
            if name.endswith("average")
        ]
        raw = file["student/0"]
    kept = [keras.ops.convert_to_numpy(v) for v in student.trainable_variables]
    assert len(kept) == len(averages) > 0
    for a, b in zip(kept, averages, strict=True):
        assert (a == b).all()
    assert raw.shape == kept[0].shape
    assert (raw != kept[0]).any()

    x, y = data.load("digits").test
    logits = student.predict(data.load("digits").normalise(x), verbose=0)
    assert np.mean(np.argmax(logits, axis=-1) == y) == done.accuracy

    for name in ("result.json", "student.weights.h5"):
        (done.folder / name).unlink()
    again = training.run(tiny, overrides=given, folder=tmp_path)
    assert again.result["loss"] == done.result["loss"]
    other = training.load_student(again.folder).get_weights()
    for a, b in zip(other, student.get_weights(), strict=True):
        assert (a == b).all()
