"""The twin checked against itself: finite differences and dual numbers."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from tests.reference import neurons
from tests.reference import surrogates
from tests.reference.complex_step import value_and_gradient

NEURONS = [
    neurons.Neuron(
        tau, 0.9, reset, detach, decay_input=scaled, decay_reset=leak
    )
    for tau, (reset, leak), detach, scaled in product(
        (2.0, 1.25, np.inf),
        ((0.0, True), (-0.2, True), (None, True), (None, False)),
        (False, True),
        (False, True),
    )
    if np.isfinite(tau) or not scaled
]


@pytest.mark.parametrize("name", surrogates.BY_NAME)
def test_derivative_is_slope_of_primitive(name):
    surrogate = surrogates.BY_NAME[name](1.5)
    v = np.linspace(-2.013, 2.017, 41)
    step = 1e-6
    slope = (surrogate.primitive(v + step) - surrogate.primitive(v - step)) / (
        2 * step
    )
    np.testing.assert_allclose(slope, surrogate.derivative(v), atol=1e-8)
    ends = surrogate.primitive(np.array([-1e9, 1e9]) if name == "ATan" else v)
    assert ends.min() >= 0 and ends.max() <= 1


@pytest.mark.parametrize("name", surrogates.BY_NAME)
@pytest.mark.parametrize("neuron", NEURONS[::3])
def test_backward_is_gradient_of_smoothed_neuron(neuron, name):
    neuron = replace(neuron, surrogate=surrogates.BY_NAME[name]())
    rng = np.random.default_rng(0)
    x, g = rng.normal(0.6, 0.9, (2, 4, 2)), rng.normal(size=(2, 4, 2))
    frozen = None
    if neuron.detach_reset:
        frozen, _, _ = neurons.forward(x, neuron, fire=neurons.smooth_fire)

    def loss(x, decay, gain):
        s, _, _ = neurons.forward(
            x, neuron, decay, gain, neurons.smooth_fire, frozen
        )
        return np.sum(s * g)

    grads = neurons.backward(x, g, neuron, fire=neurons.smooth_fire)
    for position, grad in enumerate(grads):
        point = [x, np.array(neuron.decay), np.array(neuron.gain)]
        slope = np.zeros(np.shape(grad))
        for index in np.ndindex(np.shape(grad)):
            ends = []
            for step in (1e-6, -1e-6):
                moved = point[position].copy()
                moved[index] += step
                ends.append(
                    loss(*point[:position], moved, *point[position + 1 :])
                )
            slope[index] = (ends[0] - ends[1]) / 2e-6
        np.testing.assert_allclose(grad, slope, atol=2e-7)


@pytest.mark.parametrize("neuron", NEURONS)
def test_backward_is_tangent_of_spiking_neuron(neuron):
    rng = np.random.default_rng(1)
    x, g = rng.normal(0.6, 0.9, (1, 5, 3)), rng.normal(size=(1, 5, 3))

    def loss(x, decay, gain):
        return np.sum(neurons.forward(x, neuron, decay, gain)[0] * g)

    _, expected = value_and_gradient(loss, x, neuron.decay, neuron.gain)
    for grad, want in zip(
        neurons.backward(x, g, neuron), expected, strict=True
    ):
        np.testing.assert_allclose(grad, want, atol=1e-12)


@pytest.mark.parametrize("scaled", (False, True))
def test_parametric_backward(scaled):
    neuron = neurons.Neuron(decay_input=scaled)
    rng = np.random.default_rng(2)
    x, g = rng.normal(0.6, 0.9, (2, 5, 3)), rng.normal(size=(2, 5, 3))

    def loss(x, weight):
        return np.sum(neurons.parametric_forward(x, weight, neuron)[0] * g)

    _, expected = value_and_gradient(loss, x, 0.3)
    grads = neurons.parametric_backward(x, 0.3, g, neuron)
    for grad, want in zip(grads, expected, strict=True):
        np.testing.assert_allclose(grad, want, atol=1e-12)
