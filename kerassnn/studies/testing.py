"""Claims tested: a verdict from numbers, never by hand.

All tests are two-sided at the level of 5 %. Fewer than two pairs, or pairs
whose differences are all the same, leave a claim open.
"""

import math
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

import numpy as np

from kerassnn.studies.verdict import FAILS
from kerassnn.studies.verdict import HOLDS
from kerassnn.studies.verdict import OPEN
from kerassnn.studies.verdict import Verdict
from kerassnn.studies.verdict import decided

LEVEL = 0.05
FEW = "a test needs two seeds at least"


def better(
    claim: str,
    one: Sequence[float],
    other: Sequence[float],
    unit: str = "points",
    scale: float = 100.0,
) -> Verdict:
    """Whether one set of values is above another, by a paired t-test.

    Args:
        claim: String, that `one` is above `other`.
        one: Values, of which pair i shares its seed with `other[i]`.
        other: As many values.
        unit: String, of the values times `scale`.
        scale: Float.
    """
    gap, half, p = paired(one, other)
    if len(one) < 2:
        shown = f"{scale * gap:+.2f} {unit}; " if len(one) else ""
        return Verdict(claim, OPEN, shown + FEW)
    text = (
        f"paired t-test over {len(one)} pairs: {scale * gap:+.2f} ± "
        f"{scale * half:.2f} {unit} (95 %), p = {p:.3g}"
    )
    return Verdict(claim, decided(gap > 0, p), text)


def better_than(
    reference: str, cells: Mapping[str, Sequence[float]], scale: float = 100.0
) -> dict[str, tuple[str, str]]:
    """Which of many cells are above one, when each has only a few seeds.

    The seeds' spread is taken from all cells together: what is left of the
    values without the means of cells and of seeds (a two-way analysis of
    variance). Each cell's difference from the reference is a t-test with
    that spread, the level divided by their number (Bonferroni).

    Args:
        reference: Name of the one compared with.
        cells: Dict, name to values, paired by their place, as many in each.
        scale: Float, of the text alone.

    Returns:
        Dict, name of each other cell to a pair of verdict, as that of the
        claim that it is more accurate, and the test and its numbers.

    Raises:
        ValueError: if the cells have not equally many values, or the
            reference is not among two of them or more.
    """
    from scipy import stats

    counts = {name: len(values) for name, values in cells.items()}
    if reference not in cells or len(cells) < 2 or 0 in counts.values():
        raise ValueError(
            f"expected {reference!r} and others with values, received: {counts}"
        )
    if len({*counts.values()}) > 1:
        raise ValueError(
            f"expected as many values in each cell, received: {counts}"
        )
    others = [name for name in cells if name != reference]
    level = LEVEL / len(others)
    count = len(cells[reference])
    error, freedom = _spread(np.array([*cells.values()], "float64"))
    at = stats.t.ppf(1 - level / 2, freedom) if freedom else 0
    found = {}
    for name in others:
        gap = np.mean(cells[name]) - np.mean(cells[reference])
        p = math.nan
        if error > 0:
            p = 2 * stats.t.sf(abs(gap) / error, freedom)
        text = (
            f"{scale * gap:+.2f} ± {scale * at * error:.2f} points, t-test "
            f"with {freedom} degrees of freedom at {LEVEL:g} / {len(others)}, "
            f"p = {p:.3g}"
        )
        verdict = decided(gap > 0, p, level)
        found[name] = verdict, text if count > 1 else FEW
    return found


def _spread(values):
    """Error of a difference of two rows' means, and degrees of freedom."""
    rest = values - values.mean(axis=1, keepdims=True)
    rest -= rest.mean(axis=0)
    rows, count = values.shape
    freedom = (rows - 1) * (count - 1)
    square = np.square(rest).sum() / freedom if freedom else math.nan
    return math.sqrt(2 * square / count), freedom


def group_means(values: Any, size: int) -> list[float]:
    """Means of each `size` values in a row, what is left over left out.

    So that hits of single images become accuracies, which a t-test takes.
    """
    values = np.asarray(values, "float64")
    rows = values[: len(values) // size * size].reshape(-1, size)
    return rows.mean(axis=1).round(4).tolist()


def all_below(
    claim: str, gaps: Mapping[str, tuple[Any, Any]], some: bool = False
) -> Verdict:
    """Whether all of several cells, or `some` of them, lie below others.

    A paired t-test for each, the level divided by their number (Bonferroni).

    Args:
        claim: String, that in each pair the first is below the second.
        gaps: Dict, name to a pair of sequences of paired values.
        some: Bool, whether one that is below is enough.
    """
    below, above = [], []
    for name, (one, other) in gaps.items():
        gap, _, p = paired(one, other)
        if p < LEVEL / len(gaps):
            (below if gap < 0 else above).append(name)
    enough = len(below) > 0 if some else len(below) == len(gaps) > 0
    wrong = len(above) == len(gaps) > 0 if some else len(above) > 0
    text = (
        f"{len(gaps)} paired t-tests at {LEVEL:g} / {len(gaps)}: below "
        f"{', '.join(below) or 'none'}; above {', '.join(above) or 'none'}"
    )
    return Verdict(claim, HOLDS if enough else FAILS if wrong else OPEN, text)


def level(
    claim: str,
    cells: Mapping[str, Sequence[float]],
    reference: str,
    margin: float,
    scale: float = 100.0,
) -> Verdict:
    """Whether several cells differ from one by less than a margin.

    It holds if the 95 % intervals of all paired differences lie within the
    margin, and does not if one lies outside.

    Args:
        claim: String.
        cells: Dict, name to values, paired by their place.
        reference: Name of the one compared with.
        margin: Float > 0.
        scale: Float, of the text alone.
    """
    lows, highs = [], []
    for name, values in cells.items():
        if name != reference:
            gap, half, _ = paired(values, cells[reference])
            lows.append(gap - half)
            highs.append(gap + half)
    text = (
        f"95 % intervals of the paired differences from {reference}, "
        f"{scale * min(lows, default=math.nan):+.2f} to "
        f"{scale * max(highs, default=math.nan):+.2f}, against ± "
        f"{scale * margin:.2f}"
    )
    if not lows or any(map(math.isnan, lows)):
        few = len(cells.get(reference, ())) < 2
        return Verdict(claim, OPEN, FEW if few else text)
    within = min(lows) > -margin and max(highs) < margin
    apart = max(lows) > margin or min(highs) < -margin
    return Verdict(claim, HOLDS if within else FAILS if apart else OPEN, text)


def correlated(
    claim: str, x: Sequence[float], y: Sequence[float], sign: int = 1
) -> Verdict:
    """Whether two quantities rank alike (`sign` 1) or contrary (-1).

    By Spearman's rank correlation.
    """
    from scipy import stats

    x, y = np.asarray(x, "float64"), np.asarray(y, "float64")
    if len(x) < 3 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return Verdict(claim, OPEN, f"{len(x)} points that do not vary")
    rho, p = stats.spearmanr(x, y)
    text = f"Spearman's rho = {rho:+.2f} over {len(x)} points, p = {p:.3g}"
    return Verdict(claim, decided(sign * rho > 0, p), text)


def fact(claim: str, true: bool, text: str) -> Verdict:
    """Of what is counted and needs no test.

    Args:
        claim: String.
        true: Bool, whether it is so.
        text: String, the numbers.
    """
    return Verdict(claim, HOLDS if true else FAILS, text)


def paired(
    one: Sequence[float], other: Sequence[float]
) -> tuple[float, float, float]:
    """Mean difference, half of its 95 % interval, and the p of a t-test.

    Raises:
        ValueError: unless there are as many of both.
    """
    from scipy import stats

    gaps = np.asarray(one, "float64") - np.asarray(other, "float64")
    if np.shape(one) != np.shape(other) or gaps.ndim != 1:
        raise ValueError(
            "expected paired values, received: shapes "
            f"{np.shape(one)}, {np.shape(other)}"
        )
    if len(gaps) < 2:
        return (*(gaps if len(gaps) else [math.nan]), math.nan, math.nan)
    error = gaps.std(ddof=1) / math.sqrt(len(gaps))
    if error == 0:
        return gaps[0], 0.0, math.nan
    half = stats.t.ppf(1 - LEVEL / 2, len(gaps) - 1) * error
    p = 2 * stats.t.sf(abs(gaps.mean()) / error, len(gaps) - 1)
    return float(gaps.mean()), float(half), float(p)
