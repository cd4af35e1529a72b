import csv
import json
import os
import shutil
import signal
import threading
import time

import keras
import numpy as np
import pytest

from kerassnn import data
from kerassnn import training
from kerassnn.files import read_json
from kerassnn.locking import alone


def copy(done, folder):
    """Another run folder with the same files."""
    place = folder / done.folder.relative_to(done.folder.parents[1])
    shutil.copytree(done.folder, place)
    return place


def test_a_run_folder_is_complete(whole, tiny):
    assert whole.finished
    names = {path.name for path in whole.folder.iterdir()}
    assert names == {
        "config.json",
        "recipe.py",
        "environment.json",
        "history.csv",
        "checkpoint.npz",
        "student.weights.h5",
        "result.json",
    }
    assert (whole.folder / "recipe.py").read_text() == tiny.read_text()
    assert read_json(whole.folder / "config.json")["epochs"] == 3
    with open(whole.folder / "history.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["1", "2", "3"]
    assert {"loss", "kd", "accuracy", "val_accuracy", "learning_rate"} <= set(
        rows[0]
    )
    losses = [float(row["loss"]) for row in rows]
    assert losses == sorted(losses, reverse=True)


def test_the_result_describes_the_student(whole):
    result = whole.result
    assert result["builder"] == {"name": "net", "arguments": {"width": 4}}
    assert result["dataset"] == "digits"
    assert result["method"] == "LogitsKD"
    assert result["method_arguments"]["temperature"] == 4.0
    assert result["accuracy"] * 360 == pytest.approx(
        round(result["accuracy"] * 360)
    )
    json.dumps(result)


def test_a_finished_run_is_returned_as_it_is(whole, tiny):
    before = (whole.folder / "checkpoint.npz").stat().st_mtime_ns
    again = training.run(tiny, folder=whole.folder.parents[1])
    assert again.result == whole.result
    assert (whole.folder / "checkpoint.npz").stat().st_mtime_ns == before


def test_stopped_and_continued_is_the_same(whole, tiny, tmp_path, same_state):
    part = training.run(tiny, folder=tmp_path, stop_after_seconds=0)
    assert not part.finished
    assert part.accuracy is None
    assert part.history == []
    done = training.run(tiny, folder=tmp_path)
    same_state(done, whole)


def test_killed_before_the_result_was_written(whole, tiny, tmp_path):
    place = copy(whole, tmp_path)
    table = (place / "history.csv").read_text()
    for name in ("result.json", "student.weights.h5", "history.csv"):
        (place / name).unlink()
    again = training.run(tiny, folder=tmp_path)
    assert (place / "history.csv").read_text() == table
    assert again.result["accuracy"] == whole.result["accuracy"]
    assert again.result["loss"] == whole.result["loss"]


def test_the_student_is_loaded_from_its_run(whole):
    model = training.load_student(whole.folder)
    splits = data.load("digits")
    x, y = splits.test
    logits = model.predict(splits.normalise(x), verbose=0)
    assert np.mean(np.argmax(logits, axis=-1) == y) == whole.accuracy


def test_another_config_is_refused(whole, tiny, tmp_path):
    place = copy(whole, tmp_path)
    with pytest.raises(ValueError, match=r"epochs: 3 there, 4 now"):
        training.run(tiny, overrides={"epochs": 4}, folder=tmp_path)
    assert (place / "result.json").is_file()


def test_a_run_without_its_checkpoint_is_checked_likewise(
    whole, tiny, tmp_path
):
    place = copy(whole, tmp_path)
    (place / "checkpoint.npz").unlink()
    again = training.run(tiny, folder=tmp_path)
    assert again.result == whole.result
    assert again.history == whole.history
    with pytest.raises(ValueError, match=r"epochs: 3 there, 4 now"):
        training.run(tiny, overrides={"epochs": 4}, folder=tmp_path)


@pytest.mark.slow
def test_other_code_is_warned_of(tiny, tmp_path):
    given = {"folder": tmp_path, "stop_after_seconds": 0}
    folder = training.run(tiny, **given).folder
    path = folder / "environment.json"
    found = read_json(path)
    path.write_text(json.dumps({**found, "commit": "0123"}))
    with pytest.warns(UserWarning, match="commit: 0123 -> "):
        training.run(tiny, **given)


def test_another_recipe_is_refused(whole, tiny, tmp_path):
    copy(whole, tmp_path)
    changed = tmp_path / "tiny.py"
    changed.write_text(tiny.read_text().replace("strides=2", "strides=3"))
    with pytest.raises(ValueError, match="strides=3"):
        training.run(changed, folder=tmp_path)


@pytest.mark.slow
def test_another_teacher_is_refused(whole, tiny, tmp_path):
    source = tmp_path / "teacher"
    shutil.copytree(whole.folder, source)
    given = {"teacher": str(source)}
    training.run(tiny, overrides=given, folder=tmp_path, stop_after_seconds=0)
    model = training.load_student(source)
    model.weights[0].assign(model.weights[0] + 1.0)
    model.save_weights(source / "student.weights.h5")
    with pytest.raises(ValueError, match="teacher"):
        training.run(tiny, overrides=given, folder=tmp_path)


def test_a_folder_takes_no_entrys_place(tmp_path, monkeypatch):
    (tmp_path / "resnet8_ann_digits").mkdir()
    monkeypatch.chdir(tmp_path)
    teacher = training.load_teacher("resnet8_ann_digits", None)
    assert teacher.name == "resnet8_ann_digits"


@pytest.mark.slow
def test_fresh_starts_over(whole, tiny, tmp_path):
    place = copy(whole, tmp_path)
    (place / "mine.txt").write_text("stays")
    done = training.run(
        tiny, overrides={"epochs": 1}, folder=tmp_path, fresh=True
    )
    assert len(done.history) == 1
    assert (place / "mine.txt").is_file()


def test_a_non_finite_loss_keeps_the_last_good_checkpoint(tiny, tmp_path):
    given = {"learning_rate": 1e30, "epochs": 1, "validation": 0}
    with pytest.raises(FloatingPointError, match=r"epoch 1.*step"):
        training.run(tiny, overrides=given, folder=tmp_path)
    folder = tmp_path / "tiny" / "0"
    assert not (folder / "result.json").exists()
    if (folder / "checkpoint.npz").exists():
        with np.load(folder / "checkpoint.npz") as file:
            for name in set(file.files) - {"meta"}:
                assert np.isfinite(file[name]).all(), name


def test_sigterm_saves_and_exits(tiny, tmp_path):
    def kill():
        path = tmp_path / "tiny" / "0" / "checkpoint.npz"
        while not path.exists():
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGTERM)

    killer = threading.Thread(target=kill, daemon=True)
    killer.start()
    handler = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit) as error:
        training.run(tiny, overrides={"pause": 0.01}, folder=tmp_path)
    assert error.value.code == 128 + signal.SIGTERM
    assert signal.getsignal(signal.SIGTERM) is handler
    assert not (tmp_path / "tiny" / "0" / "result.json").exists()


@pytest.mark.slow
def test_the_precision_is_set_and_put_back(tiny, tmp_path):
    given = {"precision": "mixed_bfloat16", "epochs": 1, "train_examples": 64}
    done = training.run(tiny, overrides=given, folder=tmp_path)
    assert done.finished
    assert keras.config.dtype_policy().name == "float32"


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "CONFIG"), ("CONFIG = 1", "CONFIG"), (None, ".py file")],
)
def test_what_is_no_recipe_is_refused(tmp_path, text, message):
    path = tmp_path / "bad.py"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ValueError, match=message):
        training.run(path, folder=tmp_path)


def test_a_second_job_of_a_run_is_told_of_the_first(tiny, tmp_path):
    place = tmp_path / "tiny" / "0"
    place.mkdir(parents=True)
    with alone(place / ".lock"):
        with pytest.raises(ValueError, match=f"other training in {place}"):
            training.run(tiny, folder=tmp_path)
    assert not (place / "config.json").exists()


@pytest.mark.slow
@pytest.mark.parametrize("kept", (0, 1000, -1))
def test_a_damaged_checkpoint_is_named_with_the_way_out(tiny, tmp_path, kept):
    place = tmp_path / "tiny" / "0"
    training.run(tiny, folder=tmp_path, stop_after_seconds=0)
    path = place / "checkpoint.npz"
    path.write_bytes(path.read_bytes()[:kept])
    match = f"{path}: expected a checkpoint.*--fresh"
    with pytest.raises(ValueError, match=match):
        training.run(tiny, folder=tmp_path)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("config.json", "{"),
        ("config.json", "[]"),
        ("config.json", '{"seed": "0"}'),
        ("environment.json", "{}"),
        ("environment.json", "[" * 100_000),
        ("result.json", '{"accuracy": "high"}'),
        ("result.json", "3"),
        ("history.csv", "epoch,loss\n1,nought\n"),
        ("history.csv", "epoch\n1,2,3\n"),
        ("config.json", b"\xff\xfe"),
    ],
)
def test_what_is_malformed_in_a_run_folder_is_named(
    whole, tmp_path, name, text
):
    place = copy(whole, tmp_path)
    raw = text if isinstance(text, bytes) else text.encode()
    (place / name).write_bytes(raw)
    with pytest.raises(ValueError, match=name):
        training.read_run(place)


def test_an_interruption_says_what_is_saved(tiny, tmp_path, capsys):
    def interrupt():
        while not (tmp_path / "tiny" / "0" / "checkpoint.npz").exists():
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    killer = threading.Thread(target=interrupt, daemon=True)
    killer.start()
    with pytest.raises(KeyboardInterrupt, match="saved in.*the same command"):
        training.run(tiny, overrides={"pause": 0.01}, folder=tmp_path)
