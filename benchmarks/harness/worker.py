"""The child's end of a benchmark: a side that is built, then steps when told.

Standard library only: it runs in a peer's environment as in ours. The side's
settings are JSON in the first argument; a line of JSON on stdin, such as
`{"steps": 2, "seconds": 0.5}` (at least both), is answered by one on stdout.
"""

import json
import os
import resource
import sys
import time


def serve(build):
    """Builds a side, then answers until stdin is closed.

    Args:
        build: Function (settings) -> (step, about): `step` is a function
            () -> list of floats that returns when its work is done (the
            loss, or logits), `about` a dict that goes into the side's row.
    """
    # Whatever libraries print goes to stderr, only answers to the driver.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    start = time.perf_counter()
    step, about = build(json.loads(sys.argv[1]))
    about = {**about, "built_s": round(time.perf_counter() - start, 2)}
    _answer(answers, {"idle_mb": resident_mb(), "about": about})
    for line in sys.stdin:
        _answer(answers, _steps(step, **json.loads(line)))


def _steps(step, steps, seconds):
    taken, used = [], []
    while len(taken) < steps or sum(taken) < seconds:
        start, before = time.perf_counter(), time.process_time()
        values = step()
        used.append(time.process_time() - before)
        taken.append(time.perf_counter() - start)
    return {
        "taken_s": taken,
        "used_s": used,
        "values": values,
        "peak_mb": _peak_mb(),
    }


def _answer(stream, message):
    stream.write(json.dumps(message) + "\n")
    stream.flush()


def _peak_mb():
    """Highest resident memory of this process so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 if sys.platform != "darwin" else 1024**2)


def resident_mb():
    """Resident memory of this process now."""
    try:
        with open("/proc/self/statm") as file:
            pages = int(file.read().split()[1])
    except FileNotFoundError:
        return _peak_mb()
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2
