"""Rate-based backpropagation against the two passes in NumPy."""

import keras
import numpy as np
import pytest
from keras import ops

from kerassnn import layers
from kerassnn.layers import LIF
from kerassnn.ops import Dynamics
from kerassnn.ops.rate import lif_rate
from tests.gradients import assert_close
from tests.gradients import variable_gradients
from tests.reference import neurons
from tests.reference import rate
from tests.reference import surrogates

pytestmark = pytest.mark.numeric
EPSILON = 1e-5
NEURON = neurons.Neuron(1.25, 1.0, None, True, surrogates.sigmoid(4.0))


def network(steps):
    """conv-BN-LIF, conv-BN-LIF, mean pool, linear, as two streams."""
    frames = keras.Input((steps, 4, 4, 2))
    x = frames, layers.MeanReadout()(frames)
    for n, width in enumerate((3, 2)):
        conv = keras.layers.Conv2D(
            width, 3, padding="same", use_bias=False, name=f"conv{n}"
        )
        norm = keras.layers.BatchNormalization(epsilon=EPSILON, name=f"bn{n}")
        x = layers.RateNorm(norm)(layers.RateFold(conv)(x))
        x = layers.RateNeuron(LIF.rate_based(name=f"lif{n}"))(x)
    x = layers.RateFold(keras.layers.GlobalAveragePooling2D(name="pool"))(x)
    x = layers.RateFold(keras.layers.Dense(4, name="head"))(x)
    model = keras.Model(frames, layers.RateReadout()(x))
    spikes = [model.get_layer(f"lif{n}").output[0] for n in range(2)]
    return model, keras.Model(frames, spikes)


def problem(steps, margin=1e-3):
    """Frames, weights and labels; no potential near the threshold."""
    for seed in range(100):
        rng = np.random.default_rng(seed)
        frames = rng.uniform(0, 1, (2, steps, 4, 4, 2)).astype("float32")
        blocks = [
            rate.Block(
                rng.normal(0, 0.4, (3, 3, c, d)).astype("float32"),
                rng.uniform(0.7, 1.3, d).astype("float32"),
                rng.uniform(0.2, 0.6, d).astype("float32"),
            )
            for c, d in ((2, 3), (3, 2))
        ]
        head = rng.normal(size=(2, 4)), rng.normal(size=4)
        head = tuple(each.astype("float32") for each in head)
        if nearest(frames, blocks) > margin:
            return frames, blocks, head, np.array([1, 3])
    raise RuntimeError("no seed keeps clear of the threshold")


def nearest(frames, blocks):
    """Smallest distance of a potential from the threshold."""
    gaps = []
    x = frames.astype("float64")
    for n, trace in enumerate(rate.spike_pass(x, blocks, NEURON, EPSILON)):
        current = rate.conv(x.reshape(-1, *x.shape[2:]), blocks[n].kernel)
        current = (current - trace.mean) / np.sqrt(trace.variance + EPSILON)
        current = blocks[n].gamma * current + blocks[n].beta
        current = current.reshape(trace.spikes.shape)
        h = neurons.forward(current, NEURON)[1]
        gaps.append(np.min(np.abs(h - 1)))
        x = trace.spikes
    return min(gaps)


@pytest.mark.parametrize("steps", (1, 4, 7))
def test_spikes_logits_and_gradients_equal_the_two_passes(steps):
    frames, blocks, head, y = problem(steps, 3e-4)
    model, spikes = network(steps)
    flat = [each for block in blocks for each in block] + list(head)
    for variable, weight in zip(model.trainable_variables, flat, strict=True):
        variable.assign(weight)
    wide = frames.astype("float64")
    traces = rate.spike_pass(wide, blocks, NEURON, EPSILON)
    loss, logits, grads, grad_head = rate.rate_pass(
        wide, blocks, head, y, traces, EPSILON
    )
    for ours, trace in zip(spikes(frames, training=True), traces, strict=True):
        np.testing.assert_array_equal(ops.convert_to_numpy(ours), trace.spikes)
    assert_close(model(frames, training=True), logits, 2e-6)

    def objective():
        given = model(ops.convert_to_tensor(frames), training=True)
        rows = keras.losses.sparse_categorical_crossentropy(y, given, True)
        return ops.mean(rows)

    value, actual = variable_gradients(objective, model.trainable_variables)
    assert value == pytest.approx(loss, rel=1e-6)
    expected = [each for block in grads for each in block] + list(grad_head)
    # A norm's backward pass cancels: 1e-5 of each tensor's largest entry.
    for grad, want in zip(actual, expected, strict=True):
        assert_close(grad, want, 1e-5)


@pytest.mark.parametrize("timesteps", (1, 4, 7))
@pytest.mark.parametrize("v_reset", (None, 0.0, -0.2))
@pytest.mark.parametrize("detach", (False, True))
def test_eligibility(v_reset, detach, timesteps):
    check_eligibility(v_reset, detach, timesteps, None)


@pytest.mark.parametrize("timesteps", (3, 20))
def test_eligibility_from_an_initial_potential(timesteps):
    check_eligibility(0.0, False, timesteps, 0.6)


def check_eligibility(v_reset, detach, timesteps, v_init):
    surrogate = surrogates.sigmoid(4.0)
    twin = neurons.Neuron(1.5, 0.9, v_reset, detach, surrogate, v_init=v_init)
    rng = np.random.default_rng(0)
    x = neurons.clear_of_threshold(rng, (3, timesteps, 5), [twin])
    layer = LIF.rate_based()
    dynamics = Dynamics(
        decay=twin.decay,
        gain=1.0,
        v_threshold=0.9,
        v_reset=v_reset,
        detach_reset=detach,
        decay_reset=True,
        strict=False,
        surrogate=layer.surrogate,
        v_init=v_init,
    )
    spikes, mean, eligibility = lif_rate(ops.array(x, "float32"), dynamics)
    np.testing.assert_array_equal(
        ops.convert_to_numpy(spikes), neurons.forward(x, twin)[0]
    )
    assert_close(mean, neurons.forward(x, twin)[0].mean(1))
    assert_close(eligibility, rate.eligibility(x, twin), 2e-6)


def test_a_frozen_norm_keeps_its_averages():
    rng = np.random.default_rng(0)
    spikes = rng.normal(2, 3, (4, 3, 5)).astype("float32")
    pair = ops.array(spikes), ops.array(spikes.mean(1))
    layer = layers.RateNorm(keras.layers.BatchNormalization())
    layer(pair, training=True)
    layer.trainable = False
    before = [np.copy(w) for w in layer.get_weights()]
    frozen, tested = layer(pair, training=True), layer(pair, training=False)
    for a, b in zip(before, layer.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    for a, b in zip(frozen, tested, strict=True):
        assert_close(a, ops.convert_to_numpy(b))
