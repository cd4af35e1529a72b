"""Figures and axes, as all plots have them."""

from typing import Any

BLUE, RED, GREY = "#4c72b0", "#c44e52", "#8c8c8c"


def step_axis(axes: Any, count: int) -> None:
    """Makes the horizontal axis one of timesteps 1 to `count`."""
    from matplotlib.ticker import MaxNLocator

    axes.set_xlim(0.5, count + 0.5)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def axes_of(width: float, height: float) -> tuple[Any, Any]:
    """A figure of this size in inches, and its axes."""
    figure = figure_of(width, height)
    return figure, figure.add_subplot()


def figure_of(width: float, height: float) -> Any:
    """An empty figure; ValueError if Matplotlib is missing."""
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ValueError(
            "expected Matplotlib for plots: pip install 'kerassnn[plot]'"
        ) from error
    return Figure(figsize=(width, height), layout="constrained")
