"""The benchmarks run as they say, in small."""

import json
import math
import os
import subprocess
import sys

import pytest

from benchmarks.harness.interleaving import ROOT
from benchmarks.suites import events

SMALL = ["--width=2", "--batch=2", "--rounds=1", "--seconds=0", "--json"]


def run(name, *options, peers="/nowhere/python", batch=True):
    """The JSON that a benchmark prints last, without other libraries."""
    small = [given for given in SMALL if batch or "batch" not in given]
    command = [
        sys.executable,
        "-m",
        f"benchmarks.suites.{name}",
        *small,
        *options,
    ]
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
def test_two_of_ours_interleaved(name, flows, headline):
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
    (met,) = row["comparisons"]
    assert "make bench-env" in met["spikingjelly"]["missing"]
    assert met["norse"]["missing"] == "left out"
    assert row["ours"]["side"] == "tensorflow float32"
    against = {k: v for k, v in found["targets"].items() if k != "first_step_s"}
    assert against and not any(target["met"] for target in against.values())


@pytest.mark.slow
def test_a_method_is_held_against_its_floor():
    found = run("distillation", "--timesteps=2", "--sides=SASTC,TSSD")
    shape = {"width": 2, "timesteps": 2, "batch": 2}
    rows = {row["method"]: row for row in found["rows"]}
    assert set(rows) == {"SASTC", "TSSD"}
    for name, row in rows.items():
        assert shape.items() <= row.items()
        floor = row["student"]["step_s"]
        if name == "SASTC":
            floor += row["teacher"]["step_s"]
        ratio = row["distiller"]["step_s"] / floor
        assert row["ratio"] == pytest.approx(ratio, abs=1e-3)
    assert found["sastc_overhead"] == rows["SASTC"]["ratio"]
    # What was left out is no win.
    assert found["logit_overhead"] is found["distiller_vs_keras"] is None
    assert not found["targets"]["distiller_vs_keras"]["met"]


@pytest.mark.slow
def test_keras_distiller_computes_our_loss():
    sides = "--sides=pair float32,keras float32"
    found = run("distillation", "--timesteps=2", sides)
    (row,) = found["rows"]
    ours, theirs = row["ours"], row["theirs"]
    assert theirs["off"] == pytest.approx(0.0, abs=1e-4)
    ratio = theirs["step_s"] / ours["step_s"]
    assert found["distiller_vs_keras"] == row["ratio"]
    assert row["ratio"] == pytest.approx(ratio, abs=1e-2)


@pytest.mark.slow
def test_pipelines_against_the_step():
    found = run("data", "--timesteps=2")
    (row,) = found["rows"]
    # How the two compare is a measurement, which a busy machine may turn.
    step = row["training"]["step_s"]
    named = (found["data_vs_training"], found["policy_vs_training"])
    for ratio, timed in zip(named, row["pipelines"], strict=True):
        assert ratio == pytest.approx(step / timed["step_s"], rel=0.01)


@pytest.mark.slow
def test_a_step_with_the_teacher_and_from_its_stored_logits():
    found = run("stored", "--timesteps=2")
    (row,) = found["rows"]
    live, writing, reading = (
        row[name] for name in ("live", "writing", "reading")
    )
    assert max(side["off"] for side in (writing, reading)) < 0.03
    ratio = live["step_s"] / reading["step_s"]
    assert found["reading_speedup"] == pytest.approx(ratio, abs=1e-3)
    ratio = writing["step_s"] / live["step_s"]
    assert found["writing_overhead"] == pytest.approx(ratio, abs=1e-3)


@pytest.mark.slow
def test_a_stream_against_the_unrolled_network():
    found = run("streaming", "--timesteps=2", batch=False)
    assert [row["builder"] for row in found["rows"]] == ["VGGSNN", "ResNet19"]
    for row in found["rows"]:
        stream, unrolled = row["stream"], row["unrolled"]
        assert max(stream["off"], unrolled["off"]) < 1e-4
        frame = stream["step_s"] / 2  # four digits are reported
        assert stream["latency_s"] == pytest.approx(frame, rel=1e-3)
        ratio = stream["step_s"] / unrolled["step_s"]
        assert row["ratio"] == pytest.approx(ratio, abs=1e-3)
    assert found["streaming_overhead"] == found["rows"][0]["ratio"]


@pytest.mark.slow
def test_exponents():
    found = run("scaling", "--timesteps=1,2", "--taps=1")
    sizes = [(row["grows"], row["size"]) for row in found["rows"]]
    assert sizes == [
        ("timesteps", 1),
        ("timesteps", 2),
        ("width", 2),
        ("batch", 2),
        ("taps", 1),
    ]
    once, twice = (row["step_s"] for row in found["rows"][:2])
    slope = math.log2(twice / once)
    assert found["scaling"]["timesteps"] == pytest.approx(slope, abs=1e-3)
    assert found["scaling"]["taps"] is None


@pytest.mark.slow
def test_shares_of_the_device():
    pytest.importorskip("jax")
    command = [sys.executable, "-m", "benchmarks.suites.device", "--width=2"]
    command += ["--timesteps=2", "--batch=4", "--steps=2", "--peak_tflops=2"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.strip().splitlines()[-1])
    share = found["gflop"] / 2000 / found["step_s"]
    assert found["flops_share"] == pytest.approx(share)
    assert found["bandwidth_share"] is None
    assert found["gb"] > 0
    shapes = [row["shape"] for row in found["lif"]]
    assert shapes == [[4, 2, 32, 32, 2], [4, 2, 16, 16, 4], [4, 2, 8, 8, 8]]
    moved = 5 * 2 * math.prod(shapes[0]) / 1e9
    (first, *_) = found["lif"]
    assert first["gb_s"] == pytest.approx(moved / first["seconds"])


@pytest.mark.slow
def test_all_of_them_end_with_one_line():
    pytest.importorskip("jax")
    pytest.importorskip("torch")
    command = [sys.executable, "-m", "benchmarks", "--quick", "--only=saved"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.strip().splitlines()[-1])
    kept = json.loads((ROOT / "build/bench/saved.json").read_text())
    most = max(row["saved"] for row in kept["rows"])
    assert found["lif_saved_tensors"] == kept["lif_saved_tensors"] == most
    assert found["targets"]["lif_saved_tensors"]["met"]
    assert found["quick"] is True


PEER = "spikingjelly float32"


@pytest.mark.slow
@pytest.mark.parametrize("drawn", [True, False])
def test_events_are_framed_by_all_that_are_there(drawn, tmp_path):
    options = ["--timesteps=4", "--events=10", "--rounds=1", "--seconds=0"]
    if not drawn:
        for name, number in (("a", 2_000), ("b", 8_000)):
            events.write(tmp_path / f"{name}.aedat", number)
        options += [f"--recordings={tmp_path}", "--processor"]
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "benchmarks.suites.events",
            "--json",
            *options,
        ],
        cwd=ROOT,
        env={**os.environ, "KERASSNN_PEERS": "/nowhere/python"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found.get("clock") == (None if drawn else "processor")
    (row,) = found["rows"]
    assert row["recordings"] == ("10,000 events" if drawn else "2 recordings")
    assert "spikingjelly" in row["missing"]
    assert {side["events"] for side in row["sides"]} == {10_000}
    assert not found["targets"]["events_vs_faster"]["met"]
