"""Each library's best setting is found first, then ours and theirs compared.

In the tuning every setting runs alone. Then the settings to be compared are
alive at once and run interleaved; every ratio comes from sides that did. Sides
must agree on the loss, or the logits, of the first step.
"""

import contextlib
import dataclasses
import os

import numpy as np

from benchmarks.harness import sides
from benchmarks.harness.interleaving import Gone
from benchmarks.harness.interleaving import Side
from benchmarks.harness.interleaving import interleave

# Another order of summation moves spikes; float32 sides stay this close, in
# the loss or in the mean difference of the logits over their spread.
TOLERANCE = 0.03
MEMORY_MB = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**2


@dataclasses.dataclass(frozen=True)
class Effort:
    """How long and how widely to measure.

    Attributes:
        rounds: Int, slices of each side.
        seconds: Float, least length of a slice.
        quick: Bool. Whether to leave out `torch.compile`, a minute a side,
            and those of our backends that have yet to win.
        only: Names of sides; where there are any, all others are left out.
        processor: Bool. Whether times are those that a process used, for a
            machine on which others compute too.
        log: Function that is shown each row as it comes.
    """

    rounds: int = 6
    seconds: float = 0.5
    quick: bool = False
    only: tuple = ()
    processor: bool = False
    log: callable = print

    def wanted(self, specs):
        return [s for s in specs if not self.only or s.name in self.only]


def compare_libraries(problem, effort, work, timesteps):
    """Tunes all libraries at the largest T, then compares ours with them.

    Args:
        problem: Path of the file of `benchmarks.harness.problem`.
        effort: `Effort`.
        work: String, `train` or `infer`.
        timesteps: List of int.

    Returns:
        Dict of `tuning`, a list of rows; `ours`, our best of them; and
        `comparisons`, a list of dicts, one for each T. Such a dict holds
        `timesteps` and for each peer up to three comparisons: `default` (our
        best with their default), `float32` (the best of each in float32),
        `best` (the best of each), or the reason why it is `missing`.
    """
    settings = {"work": work, "timesteps": max(timesteps)}
    specs = sides.ours(problem, effort.quick, flow="lif", **settings)
    mine, tuning = tune(specs, effort)
    if not mine:
        raise RuntimeError(f"expected a side of ours to run: {tuning}")
    pairs, missing = {}, {}
    for library in sides.PEERS:
        specs = sides.peer(library, problem, effort.quick, **settings)
        theirs, rows = tune(specs, effort)
        tuning += rows
        pairs[library] = pairings(mine, theirs, default=specs[0])
        reasons = {row["missing"] for row in rows if "missing" in row}
        missing[library] = "; ".join(sorted(reasons)) or "left out"
    peaks = {row["side"]: row["peak_mb"] for row in tuning if "step_s" in row}
    found = []
    for steps in timesteps:
        row = {"timesteps": steps}
        effort.log(f"-- the best of them, T = {steps}")
        for library in sides.PEERS:
            row[library] = {"missing": missing[library]}
            if pairs[library]:
                row[library] = compare(pairs[library], steps, peaks, effort)
        found.append(row)
    return {"tuning": tuning, "ours": mine[fastest(mine)], "comparisons": found}


def tune(specs, effort):
    """Times each side alone.

    Returns:
        Tuple of a dict from the `Spec` of each that ran to its row, and the
        list of all rows, `missing` in those of the others.
    """
    ran, rows = {}, []
    for spec in effort.wanted(specs):
        try:
            with Side(spec) as side:
                interleave([side], 2, 1, effort.seconds)
                rows.append(side.result(effort.processor))
            ran[spec] = rows[-1]
        except Gone as reason:
            rows.append({"side": spec.name, "missing": str(reason)})
        effort.log(line(rows[-1]))
    return ran, rows


def fastest(ran, dtype=""):
    """The `Spec` of the fastest, None if there is none of that dtype."""
    fit = [spec for spec in ran if dtype in spec.name]
    return min(fit, key=lambda spec: ran[spec]["step_s"], default=None)


def pairings(mine, theirs, default):
    """Which of ours is to meet which of theirs, by the comparison's name."""
    if not theirs:
        return {}
    pairs = {"best": (fastest(mine), fastest(theirs))}
    if default in theirs:
        pairs["default"] = (fastest(mine), default)
    one, other = (fastest(ran, "float32") for ran in (mine, theirs))
    if one and other:
        pairs["float32"] = (one, other)
    return pairs


def compare(pairs, timesteps, peaks, effort):
    """Both rows and their ratio for each pair, or the reason why not.

    All of them are alive at once if the machine holds them, or else pair by
    pair.
    """
    specs = dict.fromkeys(spec for pair in pairs.values() for spec in pair)
    groups = [tuple(specs)]
    if sum(peaks[spec.name] for spec in specs) > 0.8 * MEMORY_MB:
        groups = list(dict.fromkeys(pairs.values()))
    deep = {spec: spec.replaced(timesteps=timesteps) for spec in specs}
    found = {}
    for group in groups:
        try:
            rows = time_together([deep[spec] for spec in group], effort)
        except Gone as reason:
            return {"missing": str(reason)}
        for name, pair in pairs.items():
            if name not in found and set(pair) <= set(group):
                ours, theirs = (rows[deep[spec]] for spec in pair)
                ratio = round(theirs["step_s"] / ours["step_s"], 3)
                found[name] = {"ratio": ratio, "ours": ours, "theirs": theirs}
    return found


def time_together(specs, effort, same=True):
    """Times sides that run interleaved.

    Args:
        specs: Sequence of `Spec`.
        effort: `Effort`.
        same: Bool, whether they compute the same function.

    Returns:
        Dict from each `Spec` to the row of its side.

    Raises:
        RuntimeError: if two float32 sides do not compute the same function,
            though they should.
    """
    with contextlib.ExitStack() as stack:
        running = [stack.enter_context(Side(spec)) for spec in specs]
        others = interleave(running, effort.rounds, 2, effort.seconds)
        rows = {s.spec: s.result(effort.processor) for s in running}
    float32 = [side for side in running if "float32" in side.spec.name]
    reference = (float32 or running)[0]
    for side in running:
        row = rows[side.spec]
        row["others_cores"] = others
        row["off"] = distance(side.values, reference.values)
        effort.log(line(row))
        if same and side in float32 and row["off"] > TOLERANCE:
            raise RuntimeError(
                f"expected one function, received: {side.spec.name} is off "
                f"by {row['off']} from {reference.spec.name}"
            )
    return rows


def distance(values, reference):
    """How far two losses, or two batches of logits, are apart."""
    values, reference = np.array(values), np.array(reference)
    spread = reference.std() if reference.size > 1 else abs(reference.mean())
    return float(f"{np.abs(values - reference).mean() / spread:.2g}")


def line(row):
    """A row as a person reads it."""
    if "missing" in row:
        return f"{row['side']:<48} {row['missing'].splitlines()[-1]}"
    return (
        f"{row['side']:<48} {row['step_s']:>9} s {row['gain_mb']:>6} MB, "
        f"first step {row['first_s']} s"
    )
