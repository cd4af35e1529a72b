"""The examples of training on several devices run, each within its time."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import keras
import numpy as np
import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "distributed"
BACKEND = keras.backend.backend()
OF = {
    "tensorflow": ["mirrored", "workers"],
    "jax": ["jax_data", "jax_model", "jax_processes"],
}.get(BACKEND, [])
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not EXAMPLES.is_dir(), reason="the examples are a checkout's"
    ),
]


ENVIRONMENT = {
    **os.environ,
    "KERAS_BACKEND": BACKEND,
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "",
}


def lines(name, *arguments):
    found = subprocess.run(
        [sys.executable, EXAMPLES / f"{name}.py", *arguments],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=660,
    )
    assert found.returncode == 0, found.stderr[-2000:]
    rows = found.stdout.splitlines()
    return [json.loads(row) for row in rows if row.startswith("{")]


@pytest.mark.parametrize("name", OF)
def test_examples_run(name, tmp_path):
    path = tmp_path / "student.keras"
    several = name in ("workers", "jax_processes")
    rows = lines(name, *[str(path)] * several)
    for row in rows:
        assert row["loss"][-1] < row["loss"][0]
        assert row["accuracy"] > 0.5
    if several:  # one of them wrote
        assert {row["first"] for row in rows} == {True, False}
        assert rows[0]["weights"] == rows[1]["weights"]
        assert rows[0]["loss"] == rows[1]["loss"]
        assert [each.name for each in tmp_path.iterdir()] == [path.name]
    if name == "jax_model":
        assert rows[0]["split"] > 5


def checkpoint(folder):
    with np.load(folder / "checkpoint.npz") as file:
        return {name: file[name] for name in file.files}


def kill_after(epochs, folder):
    """Kills all processes of a training at once, some steps behind these."""
    code = [sys.executable, EXAMPLES / "jax_resumed.py", folder]
    started = subprocess.Popen(
        code,
        env=ENVIRONMENT,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until, done = time.monotonic() + 600, 0
    try:
        while done < epochs:
            assert started.poll() is None and time.monotonic() < until
            time.sleep(0.05)
            with contextlib.suppress(FileNotFoundError):
                done = int(checkpoint(folder)["epochs"])
    finally:
        os.killpg(started.pid, signal.SIGKILL)
        started.wait()
    return done


@pytest.mark.skipif(BACKEND != "jax", reason="processes of JAX")
def test_processes_that_were_killed_go_on_exactly(tmp_path):
    rows = lines("jax_resumed", tmp_path / "whole")
    assert sorted(row["first"] for row in rows) == [False, True]
    assert [row["begun"] for row in rows] == [0, 0]
    whole = checkpoint(tmp_path / "whole")
    done = kill_after(2, tmp_path / "parts")
    part = checkpoint(tmp_path / "parts")
    assert 2 <= done < whole["epochs"]
    assert any((part[name] != whole[name]).any() for name in whole)
    rows = lines("jax_resumed", tmp_path / "parts")
    assert [row["begun"] for row in rows] == [done, done]
    found = checkpoint(tmp_path / "parts")
    assert set(found) == set(whole)
    for name, array in whole.items():
        assert found[name].tobytes() == array.tobytes(), name
    names = [path.name for path in (tmp_path / "parts").iterdir()]
    assert names == ["checkpoint.npz"]  # one process alone has written
