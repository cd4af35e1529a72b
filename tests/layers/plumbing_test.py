"""Folding, encoders, norms and readouts against plain NumPy."""

import keras
import numpy as np
import pytest
from keras import ops

from kerassnn import layers
from tests.gradients import assert_close
from tests.reference.features import batch_norm

pytestmark = pytest.mark.numeric
X = np.random.default_rng(0).normal(0.3, 1.2, (3, 4, 5)).astype("float32")


def value(tensor):
    return ops.convert_to_numpy(tensor)


def test_time_fold_is_the_layer_at_each_step():
    dense = keras.layers.Dense(2)
    folded = value(layers.TimeFold(dense)(X))
    for t in range(4):
        np.testing.assert_allclose(folded[:, t], value(dense(X[:, t])), 1e-6)


@pytest.mark.parametrize("module", (keras.layers, layers))
def test_merged_norm_takes_statistics_over_batch_and_time(module):
    norm = module.BatchNormalization(momentum=0.99, epsilon=1e-3)
    actual = layers.TimeFold(norm)(X, training=True)
    assert_close(value(actual), batch_norm(X.astype("float64"), 1, 0, 1e-3))
    mean = X.mean((0, 1), dtype="float64")
    assert_close(value(norm.moving_mean), mean * 0.01, 2e-6)


@pytest.mark.parametrize("module", (keras.layers, layers))
def test_inference_norm_uses_moving_statistics(module):
    norm = module.BatchNormalization(epsilon=0.0)
    folded = layers.TimeFold(norm)
    folded.build(X.shape)
    norm.moving_mean.assign(np.arange(5.0))
    norm.moving_variance.assign(np.full(5, 4.0))
    assert_close(value(folded(X, training=False)), (X - np.arange(5.0)) / 2)


def test_tdbn_scales_by_alpha_and_threshold():
    norm = layers.TDBN(alpha=0.5, v_threshold=0.8)
    want = batch_norm(X.astype("float64"), 0.4, 0, 1e-5)
    assert_close(value(norm(X, training=True)), want, 2e-6)


def test_tebn_scales_each_step():
    norm = layers.TEBN()
    norm.build(X.shape)
    p = np.array([1.0, 0.5, 2.0, -1.0])
    norm.p.assign(p)
    want = batch_norm(X.astype("float64"), 1, 0, 1e-5) * p[:, None]
    assert_close(value(norm(X, training=True)), want, 2e-6)


def test_direct_encode_repeats():
    encoded = value(layers.DirectEncode(6)(X))
    np.testing.assert_array_equal(encoded, np.stack([X] * 6, 1))


def test_poisson_encode_draws_with_the_given_rate():
    p = np.tile(np.array([-0.5, 0.0, 0.3, 1.0, 1.5], "float32"), (50, 1))
    encode = layers.PoissonEncode(40, seed=3)
    spikes = value(encode(p))
    assert set(np.unique(spikes)) == {0, 1}
    rates = spikes.mean((0, 1))
    # 2,000 draws: four standard errors are 0.041.
    np.testing.assert_allclose(rates, [0, 0, 0.3, 1, 1], atol=0.041)
    assert not np.array_equal(spikes, value(encode(p)))
    again = layers.PoissonEncode(40, seed=3)
    np.testing.assert_array_equal(spikes, value(again(p)))


@pytest.mark.parametrize("logarithmic", (False, True))
@pytest.mark.parametrize("steps", (1, 6, 200))
def test_latency_encode_fires_once_and_early_for_large_values(
    steps, logarithmic
):
    x = np.linspace(-0.2, 1.2, 57).astype("float32")[None]
    encode = layers.LatencyEncode(steps, logarithmic=logarithmic)
    spikes = value(encode(x))
    assert spikes.shape == (1, steps, 57)
    np.testing.assert_array_equal(spikes.sum(1), 1)
    clipped, last = np.clip(x[0].astype("float64"), 0, 1), steps - 1
    when = last * (1 - clipped)
    if logarithmic:
        when = last - np.log1p(np.expm1(last) * clipped)
    # Where a step ends exactly halfway, rounding errors decide.
    clear = np.abs(when % 1 - 0.5) > 1e-4
    found = spikes[0].argmax(0)
    np.testing.assert_array_equal(found[clear], np.round(when)[clear])


def test_mean_readout():
    assert_close(value(layers.MeanReadout()(X)), X.mean(1, dtype="float64"))


def test_membrane_readout_is_a_leaky_integrator():
    v = 0
    for t in range(4):
        v = (1 - 1 / 3) * v + X[:, t].astype("float64") / 3
    assert_close(value(layers.MembraneReadout(3.0)(X)), v)


@pytest.mark.parametrize(
    "cls", (layers.DirectEncode, layers.LatencyEncode, layers.PoissonEncode)
)
@pytest.mark.parametrize("timesteps", (0, 2.0, True, None))
def test_bad_timesteps(cls, timesteps):
    with pytest.raises(ValueError, match="positive integer.*[Rr]eceived"):
        cls(timesteps)


@pytest.mark.parametrize("logarithmic", ("no", 1, None))
def test_latency_encode_takes_switches_only(logarithmic):
    with pytest.raises(ValueError, match="True or False.*received"):
        layers.LatencyEncode(2, logarithmic=logarithmic)


@pytest.mark.parametrize(
    "make",
    (
        lambda: layers.TimeFold(keras.layers.Dense(2)),
        layers.TEBN,
        layers.MeanReadout,
        layers.MembraneReadout,
    ),
)
def test_free_timesteps_are_refused(make):
    with pytest.raises(ValueError, match="static.*[Rr]eceived"):
        make()(keras.Input((None, 5)))


@pytest.mark.parametrize("policy", ("mixed_bfloat16", "bfloat16"))
def test_norm_in_half_precision(policy):
    norm = layers.BatchNormalization(momentum=0.5, dtype=policy)
    outputs = norm(X, training=True)
    assert keras.backend.standardize_dtype(outputs.dtype) == "bfloat16"
    want = batch_norm(X.astype("float64"), 1, 0, 1e-5)
    assert_close(ops.cast(outputs, "float32"), want, 0.02)
    assert_close(norm.moving_mean, X.mean((0, 1)) / 2, 0.02)
    assert norm(X, training=False).dtype == outputs.dtype
