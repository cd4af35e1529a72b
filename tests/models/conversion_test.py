"""ReLU networks that become spiking students."""

import keras
import numpy as np
import pytest
from keras import ops

from kerassnn import analysis
from kerassnn import distillation
from kerassnn import layers
from kerassnn import models
from tests.models.rescaling_test import NAMES
from tests.models.rescaling_test import ann
from tests.models.rescaling_test import images

SHAPES = {"ResNet8": (8, 8, 1), "VGG16": (32, 32, 3)}
QUICK = ("ResNet8",)
SLOW = [
    name if name in QUICK else pytest.param(name, marks=pytest.mark.slow)
    for name in NAMES
]


def numpy(x):
    return ops.convert_to_numpy(x)


@pytest.mark.numeric
@pytest.mark.parametrize("name", SLOW)
def test_our_networks_are_those_that_the_builder_makes(name):
    shape = SHAPES.get(name, (16, 16, 3))
    net = ann(name, input_shape=shape)
    student = models.convert(net, timesteps=2, neuron=layers.LIF())
    width = net.get_layer("stem").output.shape[-1]
    options = {"width": {"WRN28x4": 8, "PyramidNet20": 2}.get(name, 3)}
    if name == "WideBottleneck16":
        options["width"] = width
    built = models.BUILDERS[name](
        neuron=layers.LIF(),
        timesteps=2,
        input_shape=shape,
        classes=5,
        **options,
    )
    assert models.transfer(net, built) == []
    x = images(net)
    np.testing.assert_allclose(
        numpy(student(x)), numpy(built(x)), rtol=1e-4, atol=1e-4
    )
    given = models.named_weights(built)
    assert {k: v.shape for k, v in models.named_weights(student).items()} == {
        k: v.shape for k, v in given.items()
    }
    for tap in ("stage1", "stage2", "features", "logits_t", "logits"):
        one, other = student.get_layer(tap), built.get_layer(tap)
        assert one.output.shape == other.output.shape
    encoders = [x for x in student.layers if isinstance(x, layers.DirectEncode)]
    assert encoders[0].name == "encode"
    assert models.at_timesteps(student, 3).output_shape == (None, 5)


def example(pool=keras.layers.MaxPooling2D, activation="softmax"):
    """The convnet of Keras's MNIST example, smaller."""
    return keras.Sequential(
        [
            keras.Input((10, 10, 1)),
            keras.layers.Rescaling(1 / 255),
            keras.layers.Conv2D(4, 3, activation="relu"),
            pool(2),
            keras.layers.Conv2D(8, 3, activation="relu"),
            keras.layers.Flatten(),
            keras.layers.Dropout(0.5),
            keras.layers.Dense(5, activation=activation),
        ]
    )


def test_an_example_of_keras_converges_to_its_logits():
    net = example(keras.layers.AveragePooling2D)
    kernel = net.layers[-1].kernel
    kernel.assign(20.0 * kernel)  # or all classes are alike
    rng = np.random.default_rng(0)
    x = rng.uniform(0, 255, (16, 10, 10, 1)).astype("float32")
    student = models.convert(net, timesteps=256, data=x, quantile=1.0)
    expected = numpy(net(x))
    found = numpy(ops.softmax(student(x)))
    np.testing.assert_allclose(found, expected, atol=0.03)
    assert np.abs(expected - expected.mean(axis=1, keepdims=True)).max() > 0.1
    rates = analysis.firing_rates(student, x)
    assert set(rates) == {"conv2d_act", "conv2d_1_act"}
    assert all(0 < rate < 1 for rate in rates.values())


@pytest.mark.numeric
@pytest.mark.parametrize("correct", [False, True])
def test_rates_by_hand(correct):
    """Soft reset: round down T a spikes of T, at most all, then the head."""
    inputs = keras.Input((3,))
    x = keras.layers.Dense(6, activation="relu", name="hidden")(inputs)
    net = keras.Model(inputs, keras.layers.Dense(2, name="logits")(x))
    rng = np.random.default_rng(3)
    for v in net.weights:
        v.assign(rng.normal(size=v.shape).astype("float32"))
    x = rng.normal(size=(20, 3)).astype("float32")
    neuron = layers.IntegrateFire(v_reset=None)
    timesteps = 5
    student = models.convert(
        net, timesteps, x, neuron, quantile=0.9, correct=correct
    )
    kernel, bias, head, offset = map(numpy, net.weights)
    # Divided so that the current at the quantile is the threshold.
    current = x @ kernel + bias
    largest = np.quantile(np.maximum(current, 0), 0.9)
    current = current / largest

    def rate(current):
        spikes = np.floor(timesteps * current + 1e-6)
        return np.clip(spikes, 0, timesteps) / timesteps

    if correct:
        lacking = np.maximum(current, 0) - rate(current)
        assert np.abs(lacking.mean(0)).max() > 0.05
        current = current + lacking.mean(0)
    expected = rate(current) * largest @ head + offset
    np.testing.assert_allclose(numpy(student(x)), expected, atol=1e-4)


def test_norms_without_scale_or_shift():
    inputs = keras.Input((6, 6, 3))
    x = keras.layers.Conv2D(4, 3, name="stem")(inputs)
    x = keras.layers.BatchNormalization(scale=False, center=False)(x)
    x = keras.layers.ReLU()(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    net = keras.Model(inputs, keras.layers.Dense(3)(x))
    x = np.random.default_rng(0).normal(size=(8, 6, 6, 3)).astype("float32")
    student = models.convert(net, timesteps=64, data=x, quantile=1.0)
    np.testing.assert_allclose(numpy(student(x)), numpy(net(x)), atol=0.03)


def mixed(activation):
    inputs = keras.Input((8, 8, 3))
    x = keras.layers.Conv2D(4, 3, padding="same", name="stem")(inputs)
    x = keras.layers.Activation("relu", name="first")(x)
    inner = keras.Input((8, 8, 4))
    y = keras.layers.DepthwiseConv2D(3, padding="same", name="depth")(inner)
    y = keras.layers.BatchNormalization(axis=3, name="norm")(y)
    y = keras.layers.Activation(activation, name="second")(y)
    block = keras.Model(inner, keras.layers.Conv2D(4, 1)(y), name="block")
    y = block(x)
    x = keras.layers.Concatenate(axis=3)([x + y, ops.relu(y)])
    x = keras.layers.ReLU(max_value=6.0, name="third")(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, keras.layers.Dense(5)(x))


def test_nested_models_operations_and_joined_maps():
    net = mixed("relu")
    x = images(net)
    student = models.convert(net, 128, data=x, quantile=1.0)
    np.testing.assert_allclose(numpy(student(x)), numpy(net(x)), atol=0.1)
    for name in ("first", "second", "third"):
        neuron = student.get_layer(name)
        assert isinstance(neuron, layers.IntegrateFire)
        assert neuron.output.shape[1] == 128
    assert models.transfer(net, student) == []


@pytest.mark.parametrize("activation", ["gelu", "silu", "tanh"])
def test_other_activations_are_refused_by_name_or_replaced(activation):
    net = mixed(activation)
    with pytest.raises(ValueError, match=f"'second', {activation}"):
        models.convert(net, 4)
    for key in (activation, "second", "block/second"):
        for value in ("relu", keras.layers.ReLU()):
            student = models.convert(net, 4, replace={key: value})
            neuron = student.get_layer("second")
            assert isinstance(neuron, layers.SpikingNeuron)


def test_refusals():
    inputs = keras.Input((4, 6))
    x = keras.layers.Dense(6, activation="relu")(inputs)
    y = keras.layers.MultiHeadAttention(2, 3, name="attends")(x, x)
    attention = keras.Model(inputs, keras.layers.Dense(2)(y))
    with pytest.raises(ValueError, match="'attends', MultiHeadAttention"):
        models.convert(attention, 4)
    gated = keras.layers.Multiply(name="gate")([x, x])
    with pytest.raises(ValueError, match="'gate'"):
        models.convert(keras.Model(inputs, gated), 4)
    einsum = keras.layers.EinsumDense("abc,cd->abd", (4, 6), "relu")
    for layer in (keras.layers.LeakyReLU(), einsum):
        other = keras.Model(inputs, layer(x))
        with pytest.raises(ValueError, match=f"'{layer.name}'"):
            models.convert(other, 4)
    linear = keras.Model(inputs, keras.layers.Dense(2)(inputs))
    with pytest.raises(ValueError, match="with ReLUs"):
        models.convert(linear, 4)
    net = example()
    for options, match in (
        ({"timesteps": 0}, "timesteps"),
        ({"neuron": "lif"}, "neuron"),
        ({"replace": {"gelu": "relu"}}, "'gelu'"),
        ({"replace": ["relu"]}, "expected a dict"),
    ):
        with pytest.raises(ValueError, match=match):
            models.convert(net, **{"timesteps": 2, **options})
    half = layers.LIF(v_threshold=0.5)
    with pytest.raises(ValueError, match="threshold 1"):
        models.convert(net, 2, np.ones((1, 10, 10, 1)), half)
    with pytest.raises(ValueError, match="one output"):
        models.convert(keras.Model(inputs, [x, y]), 2)
    with pytest.raises(ValueError, match="functional"):
        models.convert(keras.layers.Dense(2), 2)


@pytest.mark.slow
@pytest.mark.parametrize(
    "measure",
    [
        lambda net, x: models.convert(net, 2, x),
        models.calibrate,
        models.recalibrate,
    ],
    ids=["convert", "calibrate", "recalibrate"],
)
def test_data_that_are_none_or_not_finite_are_refused(measure):
    net, x = example(), np.ones((4, 10, 10, 1), "float32")
    before = net.get_weights()
    bad = x.copy()
    bad[1, 2, 3, 0] = np.nan
    with pytest.raises(ValueError, match="1 values NaN"):
        measure(net, bad)
    with pytest.raises(ValueError, match=r"\(0, 10, 10, 1\)"):
        measure(net, x[:0])
    with pytest.raises(ValueError, match="to hold inputs"):
        measure(net, [])
    for a, b in zip(before, net.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    measure(net, x)


def test_a_student_is_trained_by_a_method():
    student = models.convert(example(), 2, neuron=layers.LIF())
    teacher = example(activation=None)
    distiller = distillation.LogitsKD(student, teacher)
    distiller.compile(
        "sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    )
    x = 255 * np.random.default_rng(0).uniform(size=(8, 10, 10, 1))
    before = [np.copy(w) for w in student.get_weights()]
    distiller.fit(x, np.arange(8) % 5, verbose=0)
    after = student.get_weights()
    assert any(np.any(a != b) for a, b in zip(after, before, strict=True))
