"""Events: recordings read and framed, ours and other libraries'.

    python -m benchmarks.suites.events [--timesteps=16] [--quick]
    python -m benchmarks.suites.events --recordings=FOLDER

A DVS128's recording of as many events as `--events` says, in thousands, drawn
at random, is written as AEDAT 2.0; with `--recordings`, all `.aedat` files of
the folder, which must be of a DVS128, take its place. All sides sum them into
frames of equal event counts, one recording after the other; ours also reads
them. `events_per_s` in a row is what counts. tonic runs in our own environment
(extra `events`), SpikingJelly in the peers'. The last line is JSON.
"""

import tempfile
from pathlib import Path

import numpy as np

from benchmarks.harness import comparison
from benchmarks.harness import options
from benchmarks.harness import sides
from benchmarks.harness import targets
from benchmarks.harness.interleaving import Gone
from benchmarks.harness.interleaving import Spec

FULL = {"timesteps": [16], "events": [300, 3000]}
QUICK = {"timesteps": [16], "events": [300]}
PEERS = ("tonic", "spikingjelly")


def run(effort, timesteps, events, recordings=None):
    """All sides at each length, and the targets.

    Args:
        effort: `benchmarks.harness.comparison.Effort`.
        timesteps, events: Lists of int, events in thousands.
        recordings: Path of a folder of recordings, in place of drawn ones.

    Returns:
        Dict of `events_vs_slower`, how many times as fast as the slower of
        the two libraries ours frames, and `events_vs_faster`, the lowest of
        all shapes; `targets` and `rows`.
    """
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name, paths in _given(recordings, folder, events):
            for steps in timesteps:
                effort.log(f"-- {name}, T = {steps}")
                row = _row(paths, effort, steps)
                rows.append({"timesteps": steps, "recordings": name, **row})
    ratios = [list(row["ratios"].values()) for row in rows]
    full = [r if len(r) == len(PEERS) else [None] for r in ratios]
    slower = targets.lowest(targets.highest(r) for r in full)
    faster = targets.lowest(targets.lowest(r) for r in full)
    return {
        "events_vs_slower": slower,
        "events_vs_faster": faster,
        "targets": {
            "events_vs_slower": targets.at_least(slower, 3.0),
            "events_vs_faster": targets.at_least(faster, 1.0),
        },
        "rows": rows,
    }


def _given(recordings, folder, events):
    """Yields names and lists of files."""
    if recordings is None:
        path = Path(folder) / "drawn.aedat"
        for thousands in events:
            write(path, 1000 * thousands)
            yield f"{thousands},000 events", [path]
        return
    paths = sorted(recordings.expanduser().glob("*.aedat"))
    if not paths:
        raise ValueError(
            "expected a folder of .aedat files, received: "
            f"recordings={str(recordings)!r}"
        )
    yield f"{len(paths)} recordings", paths


def write(path, number):
    """A recording of a DVS128 as AEDAT 2.0, its events drawn."""
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 128, (2, number))
    address = y << 8 | x << 1 | rng.integers(0, 2, number)
    time = np.cumsum(rng.integers(0, 20, number))
    header = b"#!AER-DAT2.0\r\n# AEChip: DVS128\r\n#End Of ASCII Header\r\n"
    body = np.stack([address, time], axis=1).astype(">u4").tobytes()
    path.write_bytes(header + body)


def _row(paths, effort, timesteps):
    shared = {"paths": [str(path) for path in paths], "timesteps": timesteps}
    module = "benchmarks.ours.events"
    frame = Spec("ours, frames", module, {**shared, "work": "frame"})
    read = Spec("ours, reading", module, {**shared, "work": "read"})
    peers = {
        library: Spec(
            library,
            "benchmarks.peers.events",
            {**shared, "library": library},
            {},
            sides.PYTHON if library in sides.PEERS else frame.python,
        )
        for library in PEERS
    }
    there, missing = {}, {}
    for library, spec in peers.items():
        try:
            comparison.time_together([frame, spec], _short(effort), same=False)
            there[library] = spec
        except Gone as reason:
            missing[library] = str(reason)
            effort.log(f"{library}: {reason}")
    timed = comparison.time_together(
        [frame, read, *there.values()], effort, same=False
    )
    for row in timed.values():
        row["events_per_s"] = round(row["events"] / row["step_s"])
    ours = timed[frame]["step_s"]
    return {
        "sides": list(timed.values()),
        "missing": missing,
        "ratios": {
            library: round(timed[spec]["step_s"] / ours, 3)
            for library, spec in there.items()
        },
    }


def _short(effort):
    return comparison.Effort(rounds=1, seconds=0.0, log=lambda text: None)


if __name__ == "__main__":
    options.main(__doc__, run, FULL, QUICK, folders=["recordings"])
