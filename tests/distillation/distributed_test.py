"""The examples of training on several devices run, each within its time."""

import json
import os
import subprocess
import sys
from pathlib import Path

import keras
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


def lines(name, *arguments):
    environment = {
        **os.environ,
        "KERAS_BACKEND": BACKEND,
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "",
    }
    found = subprocess.run(
        [sys.executable, EXAMPLES / f"{name}.py", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
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
