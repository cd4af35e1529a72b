"""What several studies draw."""

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

import numpy as np

from kerassnn.analysis.plots.drawing import BLUE
from kerassnn.analysis.plots.drawing import RED
from kerassnn.studies.table import Table

COLORS = (
    "black #1f77b4 #ff7f0e #2ca02c #d62728 #9467bd #8c564b #e377c2 #17becf"
).split()


def note(
    axes: Any, place: tuple[float, float], text: str, below: bool = False
) -> None:
    """Writes beside a point what it is, above it or below."""
    axes.annotate(
        text,
        place,
        xytext=(4, -9 if below else 3),
        textcoords="offset points",
        fontsize=7,
    )


def front(axes: Any, costs: Sequence[float], gains: Sequence[float]) -> None:
    """Joins the points that no other beats at the same cost or less.

    The Pareto front, drawn as steps.

    Args:
        axes: Matplotlib's.
        costs: What is better small, of each point.
        gains: What is better large.
    """
    best, places = -np.inf, []
    for cost, gain in sorted(
        zip(costs, gains, strict=True), key=lambda p: (p[0], -p[1])
    ):
        if gain > best:
            best = gain
            places.append((cost, gain))
    if places:
        x, y = zip(*places, strict=True)
        axes.step(x, y, "k:", lw=1, where="post", zorder=0, label="front")


def grid(
    axes: Any, values: Any, rows: Sequence[Any], columns: Sequence[Any]
) -> None:
    """A table of numbers, coloured.

    Args:
        axes: Matplotlib's.
        values: Array (rows, columns).
        rows: Their labels.
        columns: Theirs.
    """
    values = np.asarray(values, "float64")
    if np.isnan(values).all():  # nothing is measured yet
        return
    axes.imshow(values, aspect="auto", cmap="viridis")
    axes.set_yticks(range(len(rows)), [*map(str, rows)], fontsize=8)
    axes.set_xticks(range(len(columns)), [*map(str, columns)])
    middle = (np.nanmin(values) + np.nanmax(values)) / 2
    wide = np.ptp(values) >= 20 or values.shape[1] > 6
    for (i, j), value in np.ndenumerate(values):
        axes.text(
            j,
            i,
            f"{value:.0f}" if wide else f"{value:.2g}",
            ha="center",
            va="center",
            fontsize=7,
            color="black" if value > middle else "white",
        )


def points(
    axes: Any,
    table: Table,
    cells: Iterable[str],
    key: str = "accuracy",
    scale: float = 100.0,
    line: str | None = None,
) -> None:
    """A row for each cell: every seed, the mean and the deviation.

    Args:
        axes: Matplotlib's.
        table: `Table`.
        cells: Names; those without rows are left out.
        key: What was measured.
        scale: Float, what it is multiplied by.
        line: The cell whose mean is drawn through all rows.
    """
    shown = [cell for cell in cells if cell in table.cells][::-1]
    for y, cell in enumerate(shown):
        values = scale * table.values(cell, key)
        color = RED if cell == line else BLUE
        axes.plot(values, [y] * len(values), "o", color=color, alpha=0.35)
        spread = scale * table.std(cell, key)
        axes.errorbar(values.mean(), y, xerr=spread, fmt="D", color=color)
    if line in shown:
        axes.axvline(scale * table.mean(line, key), color=RED, lw=1, ls="--")
    axes.set_yticks(range(len(shown)), shown)
    axes.grid(axis="x", alpha=0.3)


def curve(
    axes: Any,
    table: Table,
    x: Mapping[str, float],
    label: str | None = None,
    key: str = "accuracy",
    scale: float = 100.0,
    style: str = "o-",
) -> None:
    """Means over the seeds against a number, with deviations.

    Args:
        axes: Matplotlib's.
        table: `Table`.
        x: Dict, cell to where it stands; those without rows are left out.
        label: String, of the legend.
        key: What was measured.
        scale: Float, what it is multiplied by.
        style: Matplotlib's.
    """
    shown = [cell for cell in x if cell in table.cells]
    axes.errorbar(
        [x[cell] for cell in shown],
        [scale * table.mean(cell, key) for cell in shown],
        yerr=[scale * table.std(cell, key) for cell in shown],
        fmt=style,
        capsize=2,
        label=label,
    )
    axes.grid(alpha=0.3)
