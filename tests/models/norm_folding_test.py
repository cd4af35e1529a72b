"""Folding a norm changes the cost of a network, not what it computes."""

import keras
import numpy as np
import pytest
from keras import ops

from kerassnn import layers
from kerassnn import models

NORM = keras.layers.BatchNormalization


def settled(model):
    """Weights as after training: every norm has seen something."""
    rng = np.random.default_rng(0)
    for weight in model.weights:
        low, high = {
            "gamma": (0.5, 2.0),
            "moving_variance": (0.3, 3.0),
            "beta": (-0.5, 0.5),
            "moving_mean": (-0.5, 0.5),
        }.get(weight.name, (0.8, 1.2))
        drawn = rng.uniform(low, high, weight.shape)
        kernel = len(weight.shape) > 1
        value = ops.convert_to_numpy(weight) if kernel else 1.0
        weight.assign((value * drawn).astype("float32"))
    return model


def images(model, batch=4):
    rng = np.random.default_rng(1)
    shape = (batch, *model.input_shape[1:])
    return rng.normal(size=shape).astype("float32")


def norms(model):
    inner = [getattr(layer, "layer", layer) for layer in model.layers]
    return sum(isinstance(layer, NORM) for layer in inner)


def check(model, left):
    x, fast = images(model), models.fold_norms(model)
    assert norms(fast) == left
    np.testing.assert_allclose(
        ops.convert_to_numpy(fast(x, training=False)),
        ops.convert_to_numpy(model(x, training=False)),
        rtol=1e-4,
        atol=2e-5,
    )
    return fast


@pytest.mark.parametrize(
    "builder, left",
    (
        ("ResNet19", 0),
        ("VGG11", 0),
        ("MSResNet18", 0),
        # These have norms before convolutions.
        pytest.param("WRN28x4", 12, marks=pytest.mark.slow),
        pytest.param("PyramidNet20", 10, marks=pytest.mark.slow),
    ),
)
@pytest.mark.parametrize("neuron", (None, layers.LIF()))
def test_outputs_are_the_same(builder, left, neuron):
    build = models.BUILDERS[builder]
    options = {} if neuron is None else {"neuron": neuron, "timesteps": 2}
    shape = (32, 32, 3) if builder == "VGG11" else (16, 16, 3)
    check(settled(build(width=4, input_shape=shape, **options)), left)


def test_tdbn_is_folded_and_tebn_is_not():
    for norm, left in ((layers.TDBN(), 1), (layers.TEBN(), 9)):
        model = models.ResNet8(
            width=4, neuron=layers.LIF(), timesteps=2, norm=norm
        )
        # A norm of its own stands behind the encoder, at every step.
        assert norms(model) == 9
        check(settled(model), left)


def test_a_bias_goes_through_the_norm():
    x = keras.Input((5,))
    y = NORM()(keras.layers.Dense(3, bias_initializer="normal")(x))
    check(settled(keras.Model(x, y)), 0)


def test_what_others_read_is_left_alone():
    x = keras.Input((5,))
    y = keras.layers.Dense(3)(x)
    check(settled(keras.Model(x, NORM()(y) + y)), 1)
    relu = keras.layers.Dense(3, activation="relu")(x)
    model = settled(keras.Model(x, NORM()(relu)))
    assert norms(models.fold_norms(model)) == 1


def test_weights_are_copies():
    model = settled(models.ResNet8(width=4))
    x, fast = images(model), models.fold_norms(model)
    before = ops.convert_to_numpy(fast(x))
    for weight in model.weights:
        weight.assign(ops.zeros_like(weight))
    np.testing.assert_array_equal(ops.convert_to_numpy(fast(x)), before)


def test_saves(tmp_path):
    model = settled(models.ResNet8(width=4, neuron=layers.LIF(), timesteps=2))
    fast = models.fold_norms(model)
    fast.save(tmp_path / "fast.keras")
    again = keras.models.load_model(tmp_path / "fast.keras")
    x = images(model)
    np.testing.assert_array_equal(
        ops.convert_to_numpy(again(x)), ops.convert_to_numpy(fast(x))
    )


def test_only_functional_models():
    with pytest.raises(ValueError, match="expected a functional Keras model"):
        models.fold_norms(keras.layers.Dense(2))


def test_models_within_models_are_folded():
    inner = models.ResNet8(width=4, neuron=layers.LIF(), timesteps=2)
    inputs = keras.Input((8, 8, 1))
    x = keras.layers.Rescaling(0.5)(inputs)
    nested = settled(keras.Model(inputs, inner(x)))
    assert norms(check(nested, 0)) == 0
    stack = [inputs, keras.layers.Rescaling(0.5), inner]
    check(keras.Sequential(stack), 0)


def test_convolutions_of_every_kind_are_folded():
    x = keras.Input((8, 8, 4))
    y = NORM()(keras.layers.DepthwiseConv2D(3, depth_multiplier=2)(x))
    y = NORM()(keras.layers.Conv2D(6, 3, groups=2)(y))
    y = NORM()(keras.layers.SeparableConv2D(5, 2)(y))
    y = NORM()(keras.layers.Conv2DTranspose(3, 2, strides=2)(y))
    check(settled(keras.Model(x, y)), 0)
