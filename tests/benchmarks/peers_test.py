"""Other libraries' ResNet-19 computes the same function as ours."""

import os

import numpy as np
import pytest

from benchmarks.harness import problem
from benchmarks.harness import sides
from benchmarks.harness.interleaving import Side
from tests.benchmarks.runs_test import run

pytestmark = [
    pytest.mark.bench,
    pytest.mark.skipif(
        not os.access(sides.PYTHON, os.X_OK),
        reason="no environment of the peers: run `make bench-env`",
    ),
]
OURS = "tensorflow float32"


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("problem") / "problem.npz"
    problem.make(path, width=4, batch=8)
    return path


def values(specs, name, steps=1):
    """What the first steps of the side of that name give."""
    (spec,) = [spec for spec in specs if spec.name == name]
    with Side(spec) as side:
        found = [side.values]
        for _ in range(steps - 1):
            side.measure(1, 0.0)
            found.append(side.latest)
    return np.array(found)


def agreeing(found, logits):
    """Images whose logits are the same.

    Another order of the same sum may move a potential across its threshold,
    and with that spike the logits of its image.
    """
    return (np.abs(found - logits).max(axis=1) < 1e-4).sum()


@pytest.fixture(scope="module")
def logits(path):
    specs = sides.ours(path, work="infer", timesteps=3, flow="lif")
    return values(specs, OURS).reshape(8, 10)


@pytest.fixture(scope="module")
def losses(path):
    specs = sides.ours(path, work="train", timesteps=3, flow="lif")
    return values(specs, OURS, steps=2)


@pytest.mark.parametrize("library", sides.PEERS)
def test_logits_are_ours(library, path, logits):
    specs = sides.peer(library, path, work="infer", timesteps=3)
    found = values(specs, f"{library} float32").reshape(8, 10)
    assert logits.std(axis=0).mean() > 0.01  # images make a difference
    assert agreeing(found, logits) >= 6


@pytest.mark.parametrize("library", sides.PEERS)
def test_the_first_loss_is_ours(library, path, losses):
    specs = sides.peer(library, path, work="train", timesteps=3)
    found = values(specs, f"{library} float32")
    np.testing.assert_allclose(found[0], losses[0], rtol=1e-4)


def test_spikingjelly_trains_as_we_do(path, losses):
    """Its reset and its surrogate are ours, so every loss is."""
    specs = sides.peer("spikingjelly", path, work="train", timesteps=3)
    found = values(specs, "spikingjelly float32", steps=2)
    # A detached reset would move the second by 0.5 %.
    assert losses[0] - losses[1] > 0.02
    np.testing.assert_allclose(found, losses, rtol=1e-3)


@pytest.mark.parametrize(
    "words", ["channels-last", "fused", "channels-last fused"]
)
def test_other_settings_change_no_logits(words, path, logits):
    specs = sides.peer("spikingjelly", path, work="infer", timesteps=3)
    found = values(specs, f"spikingjelly float32 {words}").reshape(8, 10)
    assert agreeing(found, logits) >= 6


@pytest.mark.parametrize("name", ["training", "inference"])
def test_ratios_are_those_of_the_rows(name):
    named = f"{OURS},spikingjelly float32,spikingjelly float32 channels-last"
    found = run(name, "--timesteps=2", f"--sides={named}", peers=sides.PYTHON)
    (row,) = found["rows"]
    (met,) = row["comparisons"]
    assert set(met["spikingjelly"]) == {"default", "float32", "best"}
    for comparison in met["spikingjelly"].values():
        ratio = comparison["theirs"]["step_s"] / comparison["ours"]["step_s"]
        assert comparison["ratio"] == pytest.approx(ratio, abs=1e-3)
        assert comparison["theirs"]["off"] < 0.03
    headline = f"{name}_vs_spikingjelly"
    assert found[headline] == met["spikingjelly"]["default"]["ratio"]
    assert found["targets"][headline]["value"] == found[headline]
