"""A picture of anytime prediction."""

from typing import Any

import numpy as np

from kerassnn.analysis.plots.drawing import BLUE
from kerassnn.analysis.plots.drawing import GREY
from kerassnn.analysis.plots.drawing import RED
from kerassnn.analysis.plots.drawing import figure_of
from kerassnn.analysis.plots.drawing import step_axis
from kerassnn.analysis.stopping import Anytime


def anytime(found: Anytime) -> Any:
    """Accuracy against steps, for all inputs alike and with early exit.

    Below, the share of the inputs decided at each step by the threshold that
    was chosen.

    Args:
        found: `Anytime`, of `kerassnn.analysis.anytime`.

    Returns:
        `matplotlib.figure.Figure`.

    Raises:
        ValueError: if Matplotlib is missing.
    """
    figure = figure_of(6, 5)
    upper, lower = figure.subplots(2, sharex=True, height_ratios=(3, 1))
    count = len(found.accuracies)
    steps = np.arange(1, count + 1)
    upper.plot(
        steps, 100 * found.accuracies, "o-", color=GREY, label="all at step t"
    )
    taken, right = found.trade.T
    upper.plot(taken, 100 * right, "-", color=BLUE, label="early exit")
    upper.plot(
        found.steps,
        100 * found.accuracy,
        "D",
        color=RED,
        label=f"confidence {found.threshold:.3f}, chosen on "
        f"{found.held_out} others:\n{found.steps:.2f} steps, "
        f"{100 * found.accuracy:.2f} %",
    )
    upper.set_ylabel(f"accuracy on {found.inputs} inputs (%)")
    upper.grid(alpha=0.3)
    upper.legend(loc="lower right", fontsize=8)
    lower.bar(steps, 100 * found.exits, color=BLUE)
    lower.set_ylabel("decided there (%)")
    lower.set_xlabel("timesteps, of early exit their mean")
    step_axis(lower, count)
    return figure
