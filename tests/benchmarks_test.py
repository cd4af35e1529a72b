"""The benchmarks run as they say, in small."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.slow
def test_rate_prints_a_table_and_a_line_of_json():
    command = [sys.executable, "-m", "benchmarks.rate", "--jit=0"]
    command += ["--width=2", "--batch=2", "--steps=1", "--timesteps=1,2"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    *table, last = done.stdout.strip().splitlines()
    found = json.loads(last)
    assert [line.split()[0] for line in table[1:]] == ["1", "2"]
    for row in found["rows"]:
        ratio = row["bptt"]["step_s"] / row["rate"]["step_s"]
        name = f"rate_speedup_t{row['timesteps']}"
        assert found[name] == pytest.approx(ratio, abs=1e-3)
        assert row["rate"]["peak_mb"] > 0
