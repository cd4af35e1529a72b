"""STAA's layers against a NumPy version."""

import keras
import numpy as np
import pytest
from keras import ops

from kerassnn import layers
from kerassnn.ops import ATan
from tests.gradients import assert_close
from tests.gradients import value_and_gradient
from tests.gradients import variable_gradients
from tests.gradients import weighted

X = np.random.default_rng(0).normal(0.5, 1.0, (2, 3, 2, 2, 4))
UP = np.random.default_rng(1).normal(size=X.shape)


def built(layer, seed=2):
    """The layer with weights off their initial values, and those by name."""
    layer.build(X.shape)
    rng = np.random.default_rng(seed)
    for w in layer.weights:
        w.assign(rng.normal(0.3, 0.5, w.shape))
    return layer, {w.name: ops.convert_to_numpy(w) for w in layer.weights}


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def position_encoding(x, w):
    return x + w["position"][:, None, None, :]


def global_context(x, w, residual=True):
    flat = x.reshape(*x.shape[:2], -1, x.shape[-1])
    score = flat @ w["key"]
    a = np.exp(score - score.max(axis=2, keepdims=True))
    a = a / a.sum(axis=2, keepdims=True)
    context = (a * flat).sum(axis=2)
    hidden = np.maximum(context @ w["squeeze"] + w["squeeze_bias"], 0)
    gate = sigmoid(hidden @ w["excite"] + w["excite_bias"])
    gate = gate[:, :, None, None, :]
    return x * gate + (0.5 * x if residual else 0)


def step_attention(x, w):
    pooled = x.mean(axis=(2, 3, 4))
    hidden = np.maximum(pooled @ w["squeeze"] + w["squeeze_bias"], 0)
    gate = sigmoid(hidden @ w["excite"] + w["excite_bias"])
    return x * gate[:, :, None, None, None]


def adaptive_lif(x, w, fire, v_reset=0.0):
    rest = 0.0 if v_reset is None else v_reset
    v, spikes = np.full(x[:, 0].shape, rest), []
    for t in range(x.shape[1]):
        h = rest + w["decay"] * (v - rest) + w["gain"] * x[:, t]
        s = fire(h - 1.0)
        v = h - s if v_reset is None else (1 - s) * h + s * v_reset
        spikes.append(s)
    return np.stack(spikes, axis=1)


SMOOTH = {
    "position": (layers.PositionEncoding, {}, position_encoding),
    "context": (layers.GlobalContext, {"ratio": 2}, global_context),
    "gate": (
        layers.GlobalContext,
        {"ratio": 2, "residual": False},
        lambda x, w: global_context(x, w, residual=False),
    ),
    "steps": (layers.StepAttention, {}, step_attention),
}


def differences(function, array, step=1e-6):
    """Gradient of a scalar function by central differences."""
    gradient = np.zeros_like(array)
    for i in np.ndindex(*array.shape):
        high, low = array.copy(), array.copy()
        high[i] += step
        low[i] -= step
        gradient[i] = (function(high) - function(low)) / (2 * step)
    return gradient


@pytest.mark.numeric
@pytest.mark.parametrize("case", SMOOTH)
def test_values_and_gradients(case):
    cls, options, twin = SMOOTH[case]
    layer, w = built(cls(**options))
    w = {k: v.astype("float64") for k, v in w.items()}
    x = X.astype("float32")
    assert_close(ops.convert_to_numpy(layer(x)), twin(X, w), 1e-6)
    _, (dx,) = value_and_gradient(lambda x: weighted(layer(x), UP), x)
    expected = differences(lambda x: np.sum(twin(x, w) * UP), x.astype(float))
    assert_close(dx, expected, 1e-4)
    _, given = variable_gradients(lambda: weighted(layer(x), UP), layer.weights)
    for variable, gradient in zip(layer.weights, given, strict=True):
        name = variable.name
        expected = differences(
            lambda v, name=name: np.sum(twin(x, {**w, name: v}) * UP), w[name]
        )
        assert_close(gradient, expected, 1e-4)


@pytest.mark.numeric
@pytest.mark.parametrize("v_reset", [0.0, -0.5, None])
def test_adaptive_lif_spikes(v_reset):
    layer, w = built(layers.AdaptiveLIF(v_reset=v_reset))
    expected = adaptive_lif(2 * X, w, lambda v: (v >= 0).astype(float), v_reset)
    spikes = ops.convert_to_numpy(layer((2 * X).astype("float32")))
    np.testing.assert_array_equal(spikes, expected)
    assert 0.05 < spikes.mean() < 0.95


@pytest.mark.numeric
def test_adaptive_lif_without_training_is_a_lif():
    x = (2 * X).astype("float32")
    pair = layers.AdaptiveLIF(init_decay=0.25), layers.LIF(tau=4 / 3)
    adaptive, fixed = (ops.convert_to_numpy(layer(x)) for layer in pair)
    np.testing.assert_array_equal(adaptive, fixed)
    adaptive, fixed = (
        value_and_gradient(lambda x, f=layer: weighted(f(x), UP), x)[1][0]
        for layer in pair
    )
    assert_close(adaptive, fixed, 1e-5)


@pytest.mark.numeric
def test_adaptive_lif_gradients_of_decay_and_gain():
    """Where nothing fires, potentials follow the linear recursion.

    The backward pass is then the derivative of the forward pass with the
    surrogate's primitive in place of the step.
    """
    x = -np.abs(X).astype("float32")
    layer, w = built(layers.AdaptiveLIF(surrogate=ATan(), detach_reset=True))
    w = {k: np.abs(v).astype("float64") for k, v in w.items()}
    for variable in layer.weights:
        variable.assign(w[variable.name])

    def smooth(w):
        v, total = 0.0, 0.0
        for t in range(x.shape[1]):
            v = w["decay"] * v + w["gain"] * x[:, t].astype("float64")
            s = np.arctan(np.pi * (v - 1.0)) / np.pi + 0.5
            total = total + np.sum(s * UP[:, t])
        return total

    _, given = variable_gradients(lambda: weighted(layer(x), UP), layer.weights)
    for variable, gradient in zip(layer.weights, given, strict=True):
        name = variable.name
        expected = differences(
            lambda v, name=name: smooth({**w, name: v}), w[name]
        )
        assert_close(gradient, expected, 1e-4)


@pytest.mark.numeric
def test_tsrd_skips_whole_steps_in_training_only():
    before, after = np.zeros((3, 400, 2)), np.ones((3, 400, 2))
    layer = layers.TSRD(rate=0.1, seed=0)
    pair = [before.astype("float32"), after.astype("float32")]
    np.testing.assert_array_equal(ops.convert_to_numpy(layer(pair)), after)
    mixed = ops.convert_to_numpy(layer(pair, training=True))
    assert set(np.unique(mixed)) == {0.0, 1.0}
    assert (mixed == mixed[:1, :, :1]).all()
    assert 0.04 < 1 - mixed.mean() < 0.18
    again = ops.convert_to_numpy(layer(pair, training=True))
    assert (again != mixed).any()
    all_skipped = layers.TSRD(rate=1.0)(pair, training=True)
    np.testing.assert_array_equal(ops.convert_to_numpy(all_skipped), before)


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: layers.GlobalContext(ratio=0), "`ratio` to be a positive"),
        (lambda: layers.StepAttention(ratio=1.5), "`ratio` to be a positive"),
        (lambda: layers.TSRD(rate=1.5), "`rate` to be a finite number in"),
    ],
)
def test_bad_arguments(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("cls", [layers.PositionEncoding, layers.StepAttention])
def test_one_set_of_weights_has_one_t(cls):
    layer = cls()
    layer(X)
    for wrong in (X[:, :1], keras.Input(X.shape[1:])[:, :2]):
        with pytest.raises(ValueError, match="each of 3 timesteps"):
            layer(wrong)
