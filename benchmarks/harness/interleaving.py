"""Sides of a benchmark, each a process of its own, run interleaved.

All sides of a comparison are built and warmed up first and then wait: one of
them computes at a time, a few steps each, round after round, so that all see
the same machine. What else kept the machine busy meanwhile is measured too.
"""

import dataclasses
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CORES = len(os.sched_getaffinity(0))
# Every side gets all cores, and spins on none while it waits.
THREADS = {
    "OMP_NUM_THREADS": str(CORES),
    "OMP_WAIT_POLICY": "PASSIVE",
    "GOMP_SPINCOUNT": "0",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}
# Seconds that a side's first step may take, compilation included.
LIMIT = 400


class Gone(Exception):
    """A side cannot take part, for the reason given."""


@dataclasses.dataclass(frozen=True, eq=False)
class Spec:
    """How a side is started.

    Attributes:
        name: String, unique in a comparison.
        module: String, run with `-m`; it calls
            `benchmarks.harness.worker.serve`.
        settings: Dict for that module.
        env: Dict, added to the environment.
        python: Path of the interpreter.
    """

    name: str
    module: str
    settings: dict
    env: dict = dataclasses.field(default_factory=dict)
    python: str = sys.executable

    def replaced(self, **settings):
        """The same with other settings for the module."""
        changed = {**self.settings, **settings}
        return dataclasses.replace(self, settings=changed)


class Side:
    """A running side, its first step (which compiles) behind it.

    Attributes:
        row: Dict of what is known of it.
        values: What its first step gave, a list of floats.
        latest: What its latest step gave.

    Raises:
        Gone: if it does not start, or takes longer than `limit` seconds.
    """

    def __init__(self, spec, limit=LIMIT):
        self.spec = spec
        self.limit = limit
        self.times, self.used = [], []
        if not os.access(spec.python, os.X_OK):
            raise Gone(f"no {spec.python}: run `make bench-env`")
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            [spec.python, "-m", spec.module, json.dumps(spec.settings)],
            cwd=ROOT,
            env={**os.environ, **THREADS, **spec.env},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            text=True,
        )
        try:
            reply = self._answer()
            self.idle_mb = reply["idle_mb"]
            first = self._ask(1, 0.0)
        except BaseException:
            self.close()
            raise
        self.values = self.latest
        first_s = round(first["taken_s"][0], 2)
        self.row = {"side": spec.name, **reply["about"], "first_s": first_s}

    def measure(self, steps, seconds):
        """Takes that many steps, and as many more as the seconds hold.

        Returns:
            Seconds of processor time that the side used.
        """
        reply = self._ask(steps, seconds)
        self.times += reply["taken_s"]
        self.used += reply["used_s"]
        return sum(reply["used_s"])

    def result(self, processor=False):
        """Its row: median and number of the steps, memory.

        The median is of the time that passed, or that the process used.
        `gain_mb` is what the process gained over its state before the first
        step, at its peak, the compiler's own included.
        """
        times = self.used if processor else self.times
        return {
            **self.row,
            "step_s": float(f"{statistics.median(times):.4g}"),
            "steps": len(self.times),
            "peak_mb": round(self.peak_mb),
            "gain_mb": round(self.peak_mb - self.idle_mb),
        }

    def close(self):
        """Ends the child."""
        self.process.stdin.close()
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.errors.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _ask(self, steps, seconds):
        request = json.dumps({"steps": steps, "seconds": seconds})
        self.process.stdin.write(request + "\n")
        self.process.stdin.flush()
        reply = self._answer()
        self.latest, self.peak_mb = reply["values"], reply["peak_mb"]
        return reply

    def _answer(self):
        late = threading.Timer(self.limit, self.process.kill)
        late.start()
        line = self.process.stdout.readline()
        in_time = late.is_alive()
        late.cancel()
        if line:
            return json.loads(line)
        if not in_time:
            raise Gone(f"{self.spec.name}: no answer within {self.limit} s")
        self.errors.seek(0)
        tail = self.errors.read().strip()[-2000:]
        raise Gone(f"{self.spec.name} ended by itself:\n{tail}")


def interleave(sides, rounds, steps=2, seconds=0.5):
    """Steps all sides interleaved, every other round in reverse.

    Each side's times of an earlier comparison are forgotten, and its first
    slice of this one is not counted.

    Args:
        sides: List of `Side`.
        rounds: Int, slices of each side.
        steps, seconds: Least length of a slice.

    Returns:
        Float, the number of cores that other programs kept busy meanwhile.
    """
    for side in sides:
        side.measure(steps, 0.0)
        side.times.clear()
        side.used.clear()
    busy, start, used = _busy_s(), time.perf_counter(), 0.0
    for i in range(rounds):
        for side in sides if i % 2 == 0 else reversed(sides):
            used += side.measure(steps, seconds)
    others = (_busy_s() - busy - used) / (time.perf_counter() - start)
    return round(max(others, 0.0), 2)


def _busy_s():
    """Seconds that all cores together have been busy; 0 where unknown."""
    try:
        with open("/proc/stat") as file:
            fields = [int(field) for field in file.readline().split()[1:9]]
    except FileNotFoundError:
        return 0.0
    idle = fields[3] + fields[4]
    return (sum(fields) - idle) / os.sysconf("SC_CLK_TCK")
