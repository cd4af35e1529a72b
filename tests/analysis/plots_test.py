"""Plots show the numbers they are given, on axes with units."""

import sys

import numpy as np
import pytest

from kerassnn import zoo
from kerassnn.analysis import Recording
from kerassnn.analysis import plots

pytest.importorskip("matplotlib")

# Two inputs, three steps, four neurons; the third never fires.
SPIKES = np.zeros((2, 3, 2, 2), "float32")
SPIKES[0, :, 0, 0] = 1.0
SPIKES[0, 1, 0, 1] = 1.0
SPIKES[0, 2, 1, 1] = 1.0
SHAPE = SPIKES.shape
AFTER = np.full(SHAPE, 0.25, "float32")
FOUND = Recording(SPIKES, AFTER, AFTER + SPIKES, 1.0, 0.25)
CARDS = ["resnet8_ann_digits", "resnet8_sastc_digits"]


def axes(figure, tmp_path):
    """The axes of a figure that can be drawn, all with labels."""
    figure.savefig(tmp_path / "figure.png")
    assert (tmp_path / "figure.png").stat().st_size > 2000
    return figure.axes


def test_a_raster_has_a_dot_for_each_spike(tmp_path):
    (found,) = axes(plots.raster(FOUND), tmp_path)
    (line,) = found.lines
    dots = {tuple(map(int, dot)) for dot in line.get_xydata()}
    assert dots == {(1, 0), (2, 0), (3, 0), (2, 1), (3, 3)}
    assert found.get_xlabel() == "timestep"
    assert found.get_ylabel() == "neuron, 4 of 4"
    (few,) = axes(plots.raster(FOUND, neurons=2), tmp_path)
    assert {y for _, y in few.lines[0].get_xydata()} == {0, 3}


def test_potentials_have_the_threshold_and_the_resets(tmp_path):
    panels = axes(plots.potentials(FOUND, neurons=[1, 2]), tmp_path)
    line, spikes, resets, threshold = panels[0].lines
    assert line.get_ydata() == pytest.approx([0.25, 0.25, 1.25, *3 * [0.25]])
    assert spikes.get_xydata().tolist() == [[2, 1.25]]
    assert resets.get_xydata().tolist() == [[2, 0.25]]
    assert threshold.get_ydata() == [1.0, 1.0]
    assert len(panels[1].lines[1].get_xdata()) == 0
    labels = [p.get_ylabel() for p in axes(plots.potentials(FOUND), tmp_path)]
    assert labels == ["neuron 1", "neuron 3", "neuron 0"]
    plain = Recording(SPIKES, AFTER, None, 1.0, None)
    assert len(axes(plots.potentials(plain, 1), tmp_path)) == 3


def test_rates_are_those_of_each_layer_and_step(tmp_path):
    grid, bar = axes(plots.rates({"a": FOUND, "b": FOUND}), tmp_path)
    expected = np.array([[1, 2, 2], [1, 2, 2]]) / 8
    np.testing.assert_allclose(grid.images[0].get_array(), expected)
    assert [label.get_text() for label in grid.get_yticklabels()] == ["a", "b"]
    assert bar.get_ylabel() == "spikes per neuron and timestep"
    short = Recording(SPIKES[:, :1], AFTER[:, :1], None, 1.0, None)
    with pytest.raises(ValueError, match=r"received: \[1, 3\]"):
        plots.rates({"a": FOUND, "b": short})


def test_the_histogram_has_all_neurons(tmp_path):
    (found,) = axes(plots.rate_histogram({"a": FOUND}), tmp_path)
    heights = [bar.get_height() for bar in found.patches]
    assert sum(heights) == pytest.approx(100)
    assert heights[0] == pytest.approx(25)  # one of four
    assert "25.0% never fire" in found.get_title()
    assert "%" in found.get_ylabel()


def test_cards_accuracies_and_energies(tmp_path):
    cards = [zoo.card(name) for name in CARDS]
    (found,) = axes(plots.accuracy_by_timesteps(cards), tmp_path)
    values = cards[1]["accuracy_by_timesteps"]
    line, trained = found.lines
    assert line.get_ydata() == pytest.approx(
        [100 * values[str(t)] for t in range(1, len(values) + 1)]
    )
    assert trained.get_xdata() == [cards[1]["timesteps"]]
    assert found.get_ylabel() == "test accuracy (%)"
    (found,) = axes(plots.energy(cards), tmp_path)
    spiking, macs = found.containers[:2]
    whole = [
        a.get_width() + b.get_width()
        for a, b in zip(spiking, macs, strict=True)
    ]
    given = [card["energy"]["picojoules"] / 1e6 for card in cards[::-1]]
    assert whole == pytest.approx(given)
    assert spiking[1].get_width() == 0  # the ANN, on top
    assert "µJ" in found.get_xlabel()


@pytest.mark.parametrize(
    "draw",
    [
        lambda: plots.raster(FOUND, sample=2),
        lambda: plots.potentials(FOUND, neurons=[4]),
        lambda: plots.potentials(FOUND, neurons=[]),
        lambda: plots.rates({}),
        lambda: plots.rate_histogram({}),
        lambda: plots.accuracy_by_timesteps([zoo.card(CARDS[0])]),
        lambda: plots.energy([]),
    ],
)
def test_what_cannot_be_drawn_is_told(draw):
    with pytest.raises(ValueError, match="expected .*received"):
        draw()


def test_a_missing_matplotlib_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ValueError, match=r"kerassnn\[plot\]"):
        plots.raster(FOUND)
