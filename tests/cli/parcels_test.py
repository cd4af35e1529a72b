import os
import subprocess
import sys
from pathlib import Path

import pytest

from kerassnn.cli import main

ROOT = Path(__file__).resolve().parents[2]
TINY = ROOT / "tests" / "training" / "recipes" / "tiny.py"


def test_stopped_packed_unpacked_and_finished(tmp_path, capsys):
    here, there, sent = (tmp_path / name for name in ("here", "there", "sent"))
    distill = ["distill", str(TINY), "--epochs=1"]
    assert main([*distill, f"--runs={here}", "--stop_after_seconds=0"]) == 75
    run = str(here / "tiny" / "0")
    assert main(["pack", run, str(sent)]) == 1
    assert "finished run" in capsys.readouterr().err
    assert main(["pack", run, str(sent), "--checkpoint"]) == 0
    assert f"{sent / 'tiny-0.json'}: 0.0" in capsys.readouterr().out
    assert main(["unpack", str(sent / "tiny-0.json"), f"--runs={there}"]) == 0
    assert main([*distill, f"--runs={there}"]) == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["pack", "runs/a/0"], "pack RUN DIR"),
        (["pack", "runs/a/0", "out", "--part_mb=0"], "part_mb"),
        (["pack", "nowhere", "out"], "finished run"),
        (["unpack"], "DIR/RECIPE-SEED.json"),
        (["unpack", "nowhere.json"], "nowhere.json"),
    ],
)
def test_errors_are_one_line(arguments, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 1
    error = capsys.readouterr().err
    assert message in error and len(error.splitlines()) == 1


@pytest.mark.slow
def test_a_checkout_needs_no_installation(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "kerassnn.cli", "evalute"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "evaluate" in done.stderr
