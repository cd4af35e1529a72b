"""What a training costs, counted on JAX."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

from kerassnn import training

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        importlib.util.find_spec("jax") is None, reason="JAX is not here"
    ),
]


def budget(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "benchmarks.suites.budget", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )


def last(done):
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_twice_the_steps_cost_twice_as_much():
    costs = {
        timesteps: last(
            budget(
                "resnet8_hardlabel",
                "--width=32",
                "--warm_start=false",
                f"--timesteps={timesteps}",
            )
        )["flops_per_image"]
        for timesteps in (2, 4)
    }
    # What runs once is small: the stem, the optimizer.
    assert 1.9 < costs[4] / costs[2] < 2.02


def test_what_a_peak_allows():
    found = last(
        budget(
            "resnet8_ann",
            "--train_examples=960",
            "--peak_tflops=2",
            "--utilisation=0.5",
            "--budget_seconds=60",
        )
    )
    rate = 1e12 / found["flops_per_image"]
    assert found["images_per_second"] == pytest.approx(rate)
    assert found["seconds_per_epoch"] == pytest.approx(960 / rate)
    assert found["epochs"] == pytest.approx(60 * rate / 960)


def test_what_a_run_has_used(tmp_path):
    recipe = training.load_recipe(ROOT / "recipes" / "resnet8_ann.py")
    config = recipe.configure(smoke=True)
    done = training.run(recipe, config, folder=tmp_path)
    found = last(
        budget("resnet8_ann", f"--run={done.folder}", "--peak_tflops=0.5")
    )
    rate = done.history[0]["images_per_second"]
    assert found["median_images_per_second"] == rate
    used = rate * found["flops_per_image"] / 0.5e12
    assert found["utilisation"] == pytest.approx(used)
    noted = json.loads((done.folder / "result.json").read_text())
    assert noted == done.result


def test_an_unfinished_run_is_refused(tmp_path):
    done = budget("resnet8_ann", f"--run={tmp_path}")
    assert done.returncode == 1
    assert "expected a run folder" in done.stderr
