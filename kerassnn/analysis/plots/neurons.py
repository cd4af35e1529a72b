"""Pictures of recorded neurons."""

from collections.abc import Iterable
from collections.abc import Mapping
from typing import Any

import numpy as np

from kerassnn.analysis.plots.drawing import BLUE
from kerassnn.analysis.plots.drawing import GREY
from kerassnn.analysis.plots.drawing import RED
from kerassnn.analysis.plots.drawing import axes_of
from kerassnn.analysis.plots.drawing import figure_of
from kerassnn.analysis.plots.drawing import step_axis
from kerassnn.analysis.recording import Recording


def raster(recording: Recording, sample: int = 0, neurons: int = 100) -> Any:
    """Spikes of a layer's neurons over time, a dot for each.

    Args:
        recording: `Recording` of a layer, from `kerassnn.analysis.record`.
        sample: Int, which of the inputs.
        neurons: Int, how many at most, taken at equal distances.

    Returns:
        `matplotlib.figure.Figure`.

    Raises:
        ValueError: if there is no such sample, or Matplotlib is missing.
    """
    spikes = _flat(recording.spikes, sample)
    chosen = _spread(spikes.shape[1], neurons)
    steps, rows = np.nonzero(spikes[:, chosen])
    figure, axes = axes_of(6, 4)
    axes.plot(steps + 1, chosen[rows], "|", color=BLUE, ms=5)
    axes.set_xlabel("timestep")
    axes.set_ylabel(f"neuron, {len(chosen)} of {spikes.shape[1]}")
    step_axis(axes, len(spikes))
    axes.set_ylim(-0.5, spikes.shape[1] - 0.5)
    return figure


def potentials(
    recording: Recording, sample: int = 0, neurons: Iterable[int] | None = None
) -> Any:
    """Potentials of some neurons, with the threshold and their resets.

    A line rises to the potential that is compared with the threshold and,
    where that fires, falls to the one after the reset.

    Args:
        recording: `Recording` of a layer, from `kerassnn.analysis.record`.
        sample: Int, which of the inputs.
        neurons: Indices within the layer, flattened; one panel for each.
            Defaults to three that fire, the rarest, one between and the most
            frequent.

    Returns:
        `matplotlib.figure.Figure`.

    Raises:
        ValueError: if there is no such sample or neuron, or Matplotlib is
            missing.
    """
    parts = [recording.spikes, recording.potentials, recording.charged]
    spikes, after, before = (
        None if part is None else _flat(part, sample) for part in parts
    )
    neurons = _typical(spikes) if neurons is None else neurons
    neurons = _indices(neurons, spikes.shape[1])
    figure = figure_of(6, 1.2 + 1.3 * len(neurons))
    panels = figure.subplots(len(neurons), sharex=True, squeeze=False)[:, 0]
    steps = np.arange(1, len(spikes) + 1)
    for axes, n in zip(panels, neurons, strict=True):
        fired = steps[spikes[:, n] > 0]
        if before is None:
            axes.plot(steps, after[:, n], color=BLUE, label="potential")
        else:
            x = np.repeat(steps, 2)
            y = np.stack([before[:, n], after[:, n]], axis=1).ravel()
            axes.plot(x, y, color=BLUE, label="potential")
        top = after if before is None else before
        axes.plot(fired, top[fired - 1, n], "o", color=RED, label="spike")
        axes.plot(fired, after[fired - 1, n], "v", color=GREY, label="reset")
        axes.axhline(
            recording.threshold, color=RED, lw=1, ls="--", label="threshold"
        )
        axes.set_ylabel(f"neuron {n}")
        step_axis(axes, len(spikes))
    panels[-1].set_xlabel("timestep")
    figure.supylabel("potential (unit of the threshold)")
    figure.legend(
        *panels[0].get_legend_handles_labels(),
        loc="outside upper center",
        ncols=4,
    )
    return figure


def rates(recordings: Mapping[str, Recording]) -> Any:
    """Mean firing rate of every layer at every timestep, as a grid.

    Args:
        recordings: Dict layer name -> `Recording`, of
            `kerassnn.analysis.record`.

    Returns:
        `matplotlib.figure.Figure`.

    Raises:
        ValueError: if there is no recording, recordings differ in T, or
            Matplotlib is missing.
    """
    means = [_over_steps(r.spikes) for r in _some(recordings).values()]
    if len({len(mean) for mean in means}) > 1:
        raise ValueError(
            "expected recordings of one number of timesteps, received: "
            f"{sorted({len(mean) for mean in means})}"
        )
    grid = np.stack(means)
    figure, axes = axes_of(3.5 + 0.35 * grid.shape[1], 1.2 + 0.25 * len(grid))
    image = axes.imshow(
        grid,
        aspect="auto",
        cmap="viridis",
        vmin=0,
        extent=(0.5, grid.shape[1] + 0.5, len(grid) - 0.5, -0.5),
    )
    axes.set_yticks(range(len(grid)), [*recordings])
    axes.set_xlabel("timestep")
    axes.set_ylabel("layer, input first")
    step_axis(axes, grid.shape[1])
    figure.colorbar(image, label="spikes per neuron and timestep")
    return figure


def rate_histogram(recordings: Mapping[str, Recording], bins: int = 20) -> Any:
    """How many neurons fire how often, of all layers together.

    A neuron's rate is its mean over the inputs and timesteps.

    Args:
        recordings: Dict layer name -> `Recording`, of
            `kerassnn.analysis.record`.
        bins: Int.

    Returns:
        `matplotlib.figure.Figure`.

    Raises:
        ValueError: if there is no recording, or Matplotlib is missing.
    """
    found = np.concatenate(
        [r.spikes.mean((0, 1)).ravel() for r in _some(recordings).values()]
    )
    figure, axes = axes_of(5.5, 3.5)
    share = np.full(found.shape, 100 / len(found))
    axes.hist(found, bins=bins, range=(0, 1), weights=share, color=BLUE)
    axes.axvline(found.mean(), color=RED, ls="--", lw=1)
    axes.set_title(
        f"mean {found.mean():.3f}; {np.mean(found == 0):.1%} never fire",
        fontsize=10,
    )
    axes.set_xlabel("firing rate (spikes per timestep)")
    axes.set_ylabel(f"share of {len(found)} neurons (%)")
    return figure


def _flat(values, sample):
    """Values (T, n) of one sample."""
    (sample,) = _indices([sample], len(values), "sample")
    return values[sample].reshape(values.shape[1], -1)


def _indices(given, count, name="neuron"):
    given = [*given]
    good = all(isinstance(n, (int, np.integer)) for n in given)
    if not given or not good or not all(0 <= n < count for n in given):
        raise ValueError(
            f"expected {name} indices in 0..{count - 1}, received: {given}"
        )
    return given


def _typical(spikes):
    """Three neurons that fire; the first ones where fewer do."""
    counts = spikes.sum(0)
    order = np.argsort(counts, kind="stable")
    firing = order[counts[order] > 0]
    if len(firing) < 3:
        return range(min(3, spikes.shape[1]))
    return firing[_spread(len(firing), 3)]


def _spread(count, most):
    return np.unique(np.linspace(0, count - 1, min(count, most)).astype(int))


def _over_steps(spikes):
    return spikes.mean((0, *range(2, spikes.ndim)))


def _some(recordings):
    if not recordings:
        raise ValueError("expected at least one recording, received: none")
    return recordings
