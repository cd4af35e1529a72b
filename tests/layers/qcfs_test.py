"""The clip-floor-shift activation against its NumPy twin, and its limits."""

import keras
import numpy as np
import pytest
from keras import ops

from kerassnn import layers
from kerassnn import models
from kerassnn.ops import clip_floor
from tests.gradients import assert_close
from tests.gradients import value_and_gradient
from tests.gradients import variable_gradients
from tests.gradients import weighted
from tests.reference import quantised
from tests.reference.neurons import Neuron
from tests.reference.neurons import forward


def problem(seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(0.5, 1.5, (3, 4, 5, 2)).astype("float32")
    return x, rng.normal(size=x.shape).astype("float32")


@pytest.mark.numeric
@pytest.mark.parametrize("levels", (1, 4, 8))
@pytest.mark.parametrize("threshold", (0.7, 1.0, 3.1))
def test_values_and_gradients(levels, threshold):
    x, g = problem()
    given = ops.array(x), ops.array(threshold, "float32"), levels
    expected = quantised.forward(x, threshold, levels)
    assert_close(clip_floor(*given), expected)
    assert {0.0, threshold} <= {*expected.ravel()}
    _, found = value_and_gradient(
        lambda x, threshold: weighted(clip_floor(x, threshold, levels), g),
        x,
        threshold,
    )
    for gradient, twin in zip(
        found, quantised.backward(x, g, threshold, levels), strict=True
    ):
        assert_close(gradient, twin, 1e-5)


@pytest.mark.numeric
def test_the_layer_trains_its_threshold():
    x, g = problem()
    layer = layers.QCFS(levels=4, init_threshold=1.3)
    assert_close(layer(x), quantised.forward(x, 1.3, 4))
    _, (found,) = variable_gradients(
        lambda: weighted(layer(ops.array(x)), g), [layer.threshold]
    )
    assert_close(found, quantised.backward(x, g, 1.3, 4)[1], 1e-5)


@pytest.mark.numeric
def test_it_is_the_mean_spike_under_a_constant_current():
    """With T = L, soft reset, from half a threshold."""
    x, _ = problem()
    steps, threshold = 8, 2.0
    currents = np.repeat(x[:, None], steps, axis=1)
    twin = Neuron(np.inf, threshold, None, v_init=threshold / 2)
    spikes, *_ = forward(currents, twin)
    mean = threshold * spikes.mean(axis=1)
    np.testing.assert_allclose(
        ops.convert_to_numpy(clip_floor(ops.array(x), 2.0, steps)), mean
    )


@pytest.mark.numeric
def test_half_precision_is_computed_in_float32():
    x, _ = problem()
    half = ops.cast(x, "bfloat16")
    found = clip_floor(half, ops.array(1.7, "float32"), 8)
    assert keras.backend.standardize_dtype(found.dtype) == "bfloat16"
    wide = ops.convert_to_numpy(ops.cast(half, "float32"))
    expected = ops.cast(quantised.forward(wide, 1.7, 8), "bfloat16")
    np.testing.assert_array_equal(
        ops.convert_to_numpy(ops.cast(found, "float32")),
        ops.convert_to_numpy(ops.cast(expected, "float32")),
    )


@pytest.mark.parametrize(
    "options, name",
    [
        ({"levels": 0}, "levels"),
        ({"levels": 2.5}, "levels"),
        ({"init_threshold": 0.0}, "init_threshold"),
        ({"init_threshold": float("nan")}, "init_threshold"),
    ],
)
def test_bad_arguments(options, name):
    with pytest.raises(ValueError, match=f"`{name}`"):
        layers.QCFS(**options)


def test_a_builder_takes_it():
    flow = models.Analog(layers.QCFS(levels=4))
    builder = models.Builder(models.ResNet8, width=2, flow=flow)
    net = builder()
    plain = models.ResNet8(width=2)
    found = [x.name for x in net.layers if isinstance(x, layers.QCFS)]
    relus = [x.name for x in plain.layers if isinstance(x, keras.layers.ReLU)]
    assert found == relus
    left = models.transfer(plain, net)
    assert left == [f"{name}/threshold" for name in found]
    again = models.Builder.from_json(builder.to_json())
    assert again == builder
    assert again().get_layer(found[0]).levels == 4
    for wrong in ("relu", layers.LIF()):
        with pytest.raises(ValueError, match="activation"):
            models.Analog(wrong)
