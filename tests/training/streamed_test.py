"""A training whose images are never in memory as a whole."""

import json
from pathlib import Path

import keras
import numpy as np
import pytest

from kerassnn import data
from kerassnn import training
from kerassnn.cli import main
from tests.data import tfrecords

ROOT = Path(__file__).resolve().parents[2]
STREAMED = Path(__file__).parent / "recipes" / "streamed.py"


@pytest.fixture(scope="module")
def records(tmp_path_factory):
    root = tmp_path_factory.mktemp("tfds")
    tfrecords.write(root)
    return root


@pytest.fixture
def train(records):
    def run(folder, **options):
        given = {"data_dir": str(records)}
        return training.run(STREAMED, overrides=given, folder=folder, **options)

    return run


@pytest.fixture
def break_in_second_group(monkeypatch):
    """Makes reading fail in the second epoch, after its first files."""
    groups = data.Records._groups

    def failing(self):
        for number, group in enumerate(groups(self)):
            if number and self.epoch == 1 and self.split == "train":
                raise OSError("the disk is gone")
            yield group

    return lambda: monkeypatch.setattr(data.Records, "_groups", failing)


def position(run):
    with np.load(run.folder / "checkpoint.npz") as file:
        found = json.loads(str(file["meta"]))["position"]
    return found["epoch"], found["step"]


@pytest.mark.slow
def test_a_streamed_training_goes_on_as_if_it_had_not_ended(
    train, tmp_path, same_state, break_in_second_group, monkeypatch
):
    whole = train(tmp_path / "whole")
    assert [row["epoch"] for row in whole.history] == [1, 2]
    part = train(tmp_path / "parts", stop_after_seconds=0)
    assert position(part) == (0, 1)
    break_in_second_group()
    with pytest.raises(Exception, match="disk"):
        train(tmp_path / "parts")
    epoch, step = position(part)
    assert epoch == 1 and 0 < step < 5
    monkeypatch.undo()
    same_state(train(tmp_path / "parts"), whole)


@pytest.mark.slow
def test_the_student_is_measured_on_every_test_image(train, records, tmp_path):
    """12 of them, the last batch smaller than the others."""
    done = train(tmp_path, tensorboard=True)
    student = training.load_student(done.folder)
    test = data.Records(
        "imagenet2012", "validation", 5, data_dir=records, size=16
    )
    batches = [[np.array(part) for part in batch] for batch in test.feed()]
    x, y = (np.concatenate(parts) for parts in zip(*batches, strict=True))
    logits = student.predict(x, verbose=0)
    right = logits.argmax(axis=1) == y.argmax(axis=1)
    assert len(right) == 12 and done.accuracy == right.mean()
    losses = keras.losses.categorical_crossentropy(y, logits, from_logits=True)
    loss = float(keras.ops.mean(losses))
    assert done.result["loss"] == pytest.approx(loss, rel=1e-4)
    assert done.result["dataset"] == "imagenet2012"


@pytest.mark.slow
def test_a_time_chooses_the_epochs(train, tmp_path, capsys):
    done = train(tmp_path, minutes=0.01)
    assert done.finished and len(done.history) == done.config["epochs"]
    assert f"{done.config['epochs']} epochs in 0.01" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["sewresnet34_ann", "sewresnet34_strong2weak"])
def test_without_the_records_there_is_one_line(name, tmp_path, capsys):
    folder = f"--runs={tmp_path / 'runs'}"
    for given in (f"--data_dir={tmp_path}", f"--data_dir={tmp_path / 'no'}"):
        found = main(["train", name, "--dataset=imagenet2012", given, folder])
        assert found == 1
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith("kerassnn: ")
        assert "imagenet2012" in line and str(tmp_path) in line
    assert not (tmp_path / "runs").exists()


def test_fields_that_records_do_not_have_are_refused(capsys):
    for field in ("policy=auto", "validation=9", "teacher_logits=a"):
        assert main(["train", "sewresnet34_sastc", f"--{field}"]) == 1
        assert field.split("=")[0] in capsys.readouterr().err
