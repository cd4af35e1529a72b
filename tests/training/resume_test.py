import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from kerassnn import training

ROOT = Path(__file__).resolve().parents[2]


def start(recipe, folder):
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "kerassnn.cli", "train", recipe),
            *(f"--runs={folder}", "--pause=0.05", "--json"),
        ],
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def position(path):
    if not path.exists():
        return -1, 0
    with np.load(path) as file:
        found = json.loads(str(file["meta"]))["position"]
    return found["epoch"], found["step"]


@pytest.mark.slow
def test_kill_9_in_mid_epoch_then_resume(tiny, tmp_path, same_state):
    checkpoint = tmp_path / "killed" / "tiny" / "0" / "checkpoint.npz"
    process = start(tiny, tmp_path / "killed")
    while position(checkpoint) < (1, 3):
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    epoch, step = position(checkpoint)
    assert epoch == 1
    assert 3 <= step < 20

    process = start(tiny, tmp_path / "killed")
    out, error = process.communicate()
    assert process.returncode == 0, error
    # The first epoch is not trained again.
    assert "epoch 1/3" not in out
    assert "accuracy" in json.loads(out.splitlines()[-1])

    overrides = {"pause": 0.05}
    killed = training.run(tiny, overrides=overrides, folder=tmp_path / "killed")
    whole = training.run(tiny, overrides=overrides, folder=tmp_path / "whole")
    same_state(killed, whole)
