"""The twin checked against itself, by dual numbers."""

import numpy as np
import pytest

from tests.reference import features
from tests.reference import losses
from tests.reference import neurons
from tests.reference import rate
from tests.reference.complex_step import stop
from tests.reference.complex_step import value_and_gradient
from tests.reference.complex_step import with_tangent
from tests.reference.surrogates import sigmoid

EPSILON = 1e-5
RATE = neurons.Neuron(1.25, 1.0, None, True, sigmoid(4.0))


@pytest.mark.parametrize("reset", (None, 0.0, -0.2))
@pytest.mark.parametrize("detach", (False, True))
def test_eligibility_is_slope_of_rate_in_a_constant_current(reset, detach):
    neuron = neurons.Neuron(1.5, 0.9, reset, detach, sigmoid(4.0))
    x = np.random.default_rng(0).normal(0.6, 0.9, (1, 6, 5))

    def total(c):
        return np.sum(neurons.forward(x + c[:, None], neuron)[0].mean(1))

    _, (slope,) = value_and_gradient(total, np.zeros((1, 5)))
    np.testing.assert_allclose(rate.eligibility(x, neuron), slope, atol=1e-13)


def problem(seed=0, steps=3):
    rng = np.random.default_rng(seed)
    frames = rng.uniform(0, 1, (2, steps, 4, 4, 2))
    blocks = [
        rate.Block(
            rng.normal(0, 0.4, (3, 3, c, d)),
            rng.uniform(0.7, 1.3, d),
            rng.uniform(0.2, 0.6, d),
        )
        for c, d in ((2, 3), (3, 2))
    ]
    head = rng.normal(size=(2, 4)), rng.normal(size=4)
    return frames, blocks, head, np.array([1, 3])


def test_gradient_is_that_of_the_rate_pass():
    frames, blocks, head, y = problem()
    traces = rate.spike_pass(frames, blocks, RATE, EPSILON)
    loss, _, grads, grad_head = rate.rate_pass(
        frames, blocks, head, y, traces, EPSILON
    )

    def dual(*flat):
        x = frames.mean(1)
        for n, trace in enumerate(traces):
            kernel, gamma, beta = flat[3 * n : 3 * n + 3]
            current = features.conv(x, kernel)
            mean = current.mean((0, 1, 2))
            mean = trace.mean + mean - stop(mean)
            variance = ((current - mean) ** 2).mean((0, 1, 2))
            variance = trace.variance + variance - stop(variance)
            current = gamma * (current - mean) / np.sqrt(variance + EPSILON)
            x = with_tangent(trace.rate, trace.eligibility, current + beta)
        return losses.ce(x.mean((1, 2)) @ flat[-2] + flat[-1], y)

    flat = [each for block in blocks for each in block] + list(head)
    value, expected = value_and_gradient(dual, *flat)
    assert value == pytest.approx(loss)
    mine = [each for block in grads for each in block] + list(grad_head)
    for grad, want in zip(mine, expected, strict=True):
        np.testing.assert_allclose(grad * 3, want, atol=1e-13)
