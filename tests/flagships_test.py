"""Teacher and student on another machine: killed, stopped, sent, published."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import keras
import numpy as np
import pytest

from kerassnn import zoo

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = ROOT / "recipes" / "flagships.sh"
TEACHER, STUDENT = "resnet19_ann_cifar10", "resnet19_sastc_cifar10"
SMALL = ("--width=2", "--epochs=2", "--batch_size=16", "--workers=2")
OFTEN = "--checkpoint_seconds=0"


@pytest.fixture
def machine(tmp_path):
    """Environment of the script, with made-up images for CIFAR-10."""
    rng = np.random.default_rng(0)
    images = {
        f"x_{part}": rng.integers(0, 256, (n, 32, 32, 3), dtype="uint8")
        for part, n in (("train", 64), ("test", 24))
    }
    labels = {f"y_{p[2:]}": np.arange(len(x)) % 10 for p, x in images.items()}
    (tmp_path / "data").mkdir()
    np.savez(tmp_path / "data" / "cifar10.npz", **images, **labels)
    return {
        **os.environ,
        "KERAS_BACKEND": keras.backend.backend(),
        "PYTHON": sys.executable,
        "DATA": str(tmp_path / "data"),
        "WORK": str(tmp_path / "work"),
        "OUT": str(tmp_path / "out"),
    }


def start(machine, *names, **more):
    return subprocess.Popen(
        [SCRIPT, *names, "--", *SMALL, OFTEN],
        env={**machine, **more},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def finish(process):
    out, _ = process.communicate()
    return process.returncode, out


@pytest.mark.slow
def test_from_a_bare_folder_to_the_zoo(machine, tmp_path):
    checkpoint = tmp_path / "work" / "runs" / TEACHER / "0" / "checkpoint.npz"
    process = start(machine, TEACHER, STUDENT)
    while not checkpoint.exists():
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()

    code, out = finish(start(machine, TEACHER))
    assert code == 0, out
    sent = tmp_path / "out"
    assert {path.name for path in sent.iterdir()} == {
        f"{TEACHER}-0.00",
        f"{TEACHER}-0.json",
    }
    # A second is left for the student: it is not begun, or soon stopped.
    code, out = finish(start(machine, TEACHER, STUDENT, LIMIT="41"))
    assert code == 75, out
    code, out = finish(start(machine, TEACHER, STUDENT))
    assert code == 0, out
    assert f"{TEACHER}: --seed" not in out  # it had its end
    assert f"--teacher=runs/{TEACHER}/0" in out

    for name in (TEACHER, STUDENT):
        run = zoo.unpack(sent / f"{name}-0.json", tmp_path / "runs")
        assert "test accuracy" in (run / "log.txt").read_text()
        zoo.publish([run], name, tmp_path / "zoo", data_dir=machine["DATA"])
    card = zoo.registry.read_card(tmp_path / "zoo" / STUDENT)
    assert card["teacher"]["name"] == TEACHER
    assert str(tmp_path) not in card["recipe"]["command"]
    assert 0 <= card["results"]["accuracy"] <= 1


def test_what_the_script_needs_is_said(tmp_path):
    done = subprocess.run([SCRIPT], capture_output=True, text=True)
    assert done.returncode == 2
    assert "DATA=DIR recipes/flagships.sh NAME" in done.stdout
    environment = {k: v for k, v in os.environ.items() if k != "DATA"}
    done = subprocess.run(
        [SCRIPT, TEACHER], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "expected DATA=DIR" in done.stderr
