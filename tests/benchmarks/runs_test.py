"""The benchmarks run as they say, in small."""

import json
import os
import subprocess
import sys

import pytest

from benchmarks.turns import ROOT

SMALL = ["--width=2", "--batch=2", "--rounds=1", "--seconds=0", "--json"]


def run(name, *options, peers="/nowhere/python"):
    """The JSON that a benchmark prints last, without other libraries."""
    command = [sys.executable, "-m", f"benchmarks.{name}", *SMALL, *options]
    env = {**os.environ, "KERASSNN_PEERS": peers}
    done = subprocess.run(
        command, cwd=ROOT, env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.strip().splitlines()
    return json.loads(line)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "flows", "headline"),
    [
        ("floor", ("lif", "relu"), "spiking_overhead"),
        ("rate", ("bptt", "rate"), "rate_speedup_t2"),
    ],
)
def test_two_of_ours_in_turns(name, flows, headline):
    found = run(name, "--timesteps=2", "--sides=tensorflow float32")
    (row,) = found["rows"]
    one, other = (row[flow] for flow in flows)
    ratio = one["step_s"] / other["step_s"]
    assert found[headline] == row["ratio"] == pytest.approx(ratio, abs=1e-3)
    assert one["gain_mb"] > 0
    assert one["steps"] == other["steps"] == 2


@pytest.mark.slow
@pytest.mark.parametrize("name", ["training", "inference"])
def test_a_missing_peer_is_reported_and_never_a_win(name):
    found = run(name, "--timesteps=2", "--sides=tensorflow float32," + PEER)
    assert found[f"{name}_vs_spikingjelly"] is None
    (row,) = found["rows"]
    (met,) = row["meetings"]
    assert "make bench-env" in met["spikingjelly"]["missing"]
    assert met["norse"]["missing"] == "left out"
    assert row["ours"]["side"] == "tensorflow float32"
    against = {k: v for k, v in found["bars"].items() if k != "first_step_s"}
    assert against and not any(bar["met"] for bar in against.values())


@pytest.mark.slow
def test_all_of_them_end_with_one_line():
    command = [sys.executable, "-m", "benchmarks", "--quick", "--only=saved"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.strip().splitlines()[-1])
    kept = json.loads((ROOT / "build/bench/saved.json").read_text())
    most = max(row["saved"] for row in kept["rows"])
    assert found["lif_saved_tensors"] == kept["lif_saved_tensors"] == most
    assert found["bars"]["lif_saved_tensors"]["met"]
    assert found["quick"] is True


PEER = "spikingjelly float32"
