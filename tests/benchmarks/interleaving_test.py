"""Sides are alive together, step in slice, and fail with a reason."""

import ast
import time

import pytest

from benchmarks.harness import targets
from benchmarks.harness.interleaving import ROOT
from benchmarks.harness.interleaving import Gone
from benchmarks.harness.interleaving import Side
from benchmarks.harness.interleaving import Spec
from benchmarks.harness.interleaving import interleave


def spec(letter, **settings):
    module = "tests.benchmarks.noting_side"
    return Spec(letter, module, {"letter": letter, **settings})


def test_sides_run_interleaved_and_every_other_round_is_reversed(tmp_path):
    notes = tmp_path / "notes"
    with Side(spec("a", notes=str(notes))) as a:
        with Side(spec("b", notes=str(notes))) as b:
            interleave([a, b], rounds=2, steps=3, seconds=0.0)
            assert (a.values, a.latest) == ([1.0], [10.0])
    first, warm, rounds = "ab", "aaabbb", "aaabbb" + "bbbaaa"
    assert notes.read_text() == first + warm + rounds


def test_a_row_counts_the_steps_of_the_slices_alone(tmp_path):
    with Side(spec("a", notes=str(tmp_path / "n"), sleeps=0.02)) as side:
        others = interleave([side], rounds=2, steps=2, seconds=0.0)
        row = side.result()
    assert row["steps"] == 4
    assert 0.02 <= row["step_s"] < 0.2
    assert row["letter"] == "a"
    assert row["first_s"] >= 0.02
    assert row["peak_mb"] >= row["gain_mb"] >= 0
    assert others >= 0.0


def test_processor_time_leaves_waiting_out(tmp_path):
    with Side(spec("a", notes=str(tmp_path / "n"), sleeps=0.05)) as side:
        interleave([side], rounds=1, steps=3, seconds=0.0)
        passed, used = side.result(), side.result(processor=True)
    assert passed["steps"] == used["steps"] == 3
    assert used["step_s"] < 0.025 < 0.05 <= passed["step_s"]


def test_a_busy_machine_spoils_the_time_that_passed_alone():
    result = {"targets": {}, "rows": [{"others_cores": 0.9}]}
    assert "not to be published" in "".join(targets.lines(result))
    quiet = targets.lines({**result, "clock": "processor"})
    assert "not to be published" not in "".join(quiet)


def test_a_slice_lasts_as_long_as_it_is_told(tmp_path):
    with Side(spec("a", notes=str(tmp_path / "n"), sleeps=0.01)) as side:
        start = time.perf_counter()
        side.measure(1, 0.2)
        assert time.perf_counter() - start >= 0.2
        assert 2 <= len(side.times) <= 20


def test_a_side_that_fails_says_why():
    with pytest.raises(Gone, match="cannot be built"):
        Side(spec("a", fails=True))


def test_a_side_that_hangs_is_ended(tmp_path):
    hangs = spec("a", notes=str(tmp_path / "n"), sleeps=600.0)
    with pytest.raises(Gone, match="no answer within 1 s"):
        Side(hangs, limit=1)


def test_a_side_without_its_environment_says_how_to_make_it():
    missing = Spec("peer", "any", {}, python="/nowhere/python")
    with pytest.raises(Gone, match="make bench-env"):
        Side(missing)


def test_a_missing_value_meets_no_target():
    assert targets.at_least(targets.lowest([2.0, None]), 1.5)["met"] is False
    assert targets.at_most(targets.highest([None]), 0.7)["met"] is False
    assert targets.at_least(targets.lowest([2.0, 1.6]), 1.5)["met"] is True
    assert targets.at_most(targets.highest([0.5, 0.8]), 0.7)["met"] is False


def test_peers_import_nothing_of_ours():
    files = [*(ROOT / "benchmarks" / "peers").glob("*.py")]
    assert len(files) > 3
    for path in [*files, ROOT / "benchmarks" / "harness" / "worker.py"]:
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in getattr(node, "names", [])]
            names.append(getattr(node, "module", None) or "")
            roots = {name.split(".")[0] for name in names}
            assert not roots & {"kerassnn", "keras", "tensorflow", "jax"}
