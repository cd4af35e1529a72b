"""Spike activation maps and calibration against twins in NumPy."""

import keras
import numpy as np
import pytest

from kerassnn import analysis
from kerassnn import layers


class Given(layers.LIF):
    """A neuron that fires where its current is one."""

    def step(self, v, current):
        return current, v


def net(steps, size, channels):
    x = keras.Input((steps, size, size, channels))
    return keras.Model(x, Given(name="fires")(x))


@pytest.mark.numeric
def test_maps_are_those_of_the_definition():
    random = np.random.default_rng(0)
    spikes = (random.random((2, 4, 5, 5, 3)) < 0.5).astype("float32")
    gamma = 0.7
    expected = np.zeros((2, 4, 5, 5))
    for t in range(4):
        for before in range(t):
            weight = np.exp(-gamma * (t - before))
            both = spikes[:, t] * spikes[:, before]
            expected[:, t] += weight * both.sum(-1)
    low = expected.min((2, 3), keepdims=True)
    high = expected.max((2, 3), keepdims=True)
    expected = (expected - low) / np.where(high > low, high - low, 1)
    found = analysis.spike_activation_map(net(4, 5, 3), spikes, gamma=gamma)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert found[:, 0].max() == 0 and found[:, 1:].max() == 1
    large = analysis.spike_activation_map(
        net(4, 5, 3), spikes, "fires", gamma, size=(20, 20)
    )
    assert large.shape == (2, 4, 20, 20)
    np.testing.assert_allclose(large.mean((2, 3)), found.mean((2, 3)), atol=0.1)


def test_maps_need_neurons_with_maps():
    flat = keras.Sequential([keras.Input((3, 4)), Given()])
    with pytest.raises(ValueError, match="neurons of maps"):
        analysis.spike_activation_map(flat, np.ones((1, 3, 4)))
    with pytest.raises(ValueError, match="gamma=-1"):
        analysis.spike_activation_map(net(2, 2, 1), None, gamma=-1)


def test_the_error_of_calibration():
    # Two bins: sure 0.95 and right half of the time, sure 0.65 and right.
    p = np.array([[0.95, 0.05], [0.95, 0.05], [0.65, 0.35], [0.65, 0.35]])
    found = analysis.calibration_error(p, np.array([0, 1, 0, 0]), bins=10)
    assert found == pytest.approx(0.5 * 0.45 + 0.5 * 0.35)
    certain = np.eye(3)[[0, 1, 2, 0]]
    assert analysis.calibration_error(certain, np.array([0, 1, 2, 0])) == 0
    with pytest.raises(ValueError, match="bins=0"):
        analysis.calibration_error(p, np.zeros(4, int), bins=0)
