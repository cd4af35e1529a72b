"""Networks of clip-floor-shift activations that become spiking ones."""

import keras
import numpy as np
import pytest
from keras import ops

from kerassnn import data
from kerassnn import layers
from kerassnn import models
from tests.models.rescaling_test import drawn
from tests.reference import quantised

BODIES = {
    "ResNet8": (8, 8, 1),
    "MSResNet18": (16, 16, 3),
    "VGG11": (16, 16, 3),
    "WRN28x4": (16, 16, 3),
    "PyramidNet20": (16, 16, 3),
}
SLOW = [
    pytest.param(name, marks=() if name == "ResNet8" else pytest.mark.slow)
    for name in BODIES
]


def numpy(x):
    return ops.convert_to_numpy(x)


def net_and_images(name, levels):
    """With a threshold for each layer, no two of them alike."""
    shape = BODIES[name]
    options = {"width": {"WRN28x4": 8, "PyramidNet20": 2}.get(name, 4)}
    options |= {"input_shape": shape, "classes": 5}
    relu = drawn(models.BUILDERS[name](**options))
    rng = np.random.default_rng(2)
    x = rng.normal(size=(8, *shape)).astype("float32")
    models.recalibrate(relu, x)
    flow = models.Analog(layers.QCFS(levels))
    net = models.BUILDERS[name](**options, flow=flow)
    models.transfer(relu, net)
    for path, value in models.calibrate(relu, x).items():
        threshold = value * rng.uniform(0.6, 1.2)
        net.get_layer(path).threshold.assign(threshold)
    return net, x


@pytest.mark.numeric
@pytest.mark.parametrize("name", SLOW)
@pytest.mark.parametrize("corrected", (False, True))
def test_it_converges_to_the_network(name, corrected):
    net, x = net_and_images(name, levels=256)
    given = x if corrected else None
    student = models.convert(net, 256, data=given)
    expected = numpy(net(x))
    error = np.abs(numpy(student(x)) - expected).mean()
    spread = np.abs(expected - expected.mean(0)).mean()
    assert spread > 0.05
    # What uneven spikes leave grows with depth: 0.24 in WRN28x4.
    assert error < 0.3 * spread
    neurons = [x for x in student.layers if isinstance(x, layers.IntegrateFire)]
    assert all(x.v_init == 0.5 * x.v_threshold for x in neurons)
    assert len({x.v_threshold for x in neurons}) > 1
    assert {*np.unique(numpy(spikes_of(student, neurons[-1], x)))} <= {0, 1}


def spikes_of(student, neuron, x):
    return keras.Model(student.inputs, neuron.output)(x)


@pytest.mark.numeric
def test_one_layer_is_exact_at_as_many_steps_as_levels():
    inputs = keras.Input((3,))
    x = keras.layers.Dense(6, name="hidden")(inputs)
    x = layers.QCFS(5, init_threshold=1.7, name="act")(x)
    net = keras.Model(inputs, keras.layers.Dense(2, name="head")(x))
    rng = np.random.default_rng(3)
    for v in net.weights[:2] + net.weights[3:]:
        v.assign(rng.normal(size=v.shape).astype("float32"))
    x = rng.normal(size=(20, 3)).astype("float32")
    student = models.convert(net, 5)
    kernel, bias, threshold, head, offset = map(numpy, net.weights)
    hidden = quantised.forward(x @ kernel + bias, float(threshold), 5)
    expected = hidden @ head + offset
    np.testing.assert_allclose(numpy(net(x)), expected, atol=1e-5)
    np.testing.assert_allclose(numpy(student(x)), expected, atol=1e-5)


def test_the_given_neuron_is_scaled():
    net, x = net_and_images("ResNet8", levels=4)
    neuron = layers.LIF(v_reset=-0.5, v_threshold=0.5)
    student = models.convert(net, 2, neuron=neuron)
    first = student.get_layer("stem_act")
    threshold = float(net.get_layer("stem_act").threshold)
    assert isinstance(first, layers.LIF)
    assert first.v_threshold == pytest.approx(0.5 * threshold)
    assert first.v_reset == pytest.approx(-0.5 * threshold)
    assert first.v_init is None


def test_refusals():
    net, _ = net_and_images("ResNet8", levels=4)
    net.get_layer("stage1_block1_act1").threshold.assign(-1.0)
    with pytest.raises(ValueError, match="positive.*'stage1_block1_act1'"):
        models.convert(net, 4)
    flow = models.Analog(layers.QCFS(4))
    sew = models.SEWResNet34(flow=flow, width=2, input_shape=(16, 16, 3))
    models.convert(sew, 1)  # all thresholds alike
    sew.get_layer("stage1_block1_act2").threshold.assign(2.0)
    with pytest.raises(ValueError, match="'stage1_block1_act2'"):
        models.convert(sew, 1)
    shared = layers.QCFS(name="shared")
    inputs = keras.Input((4,))
    x = shared(keras.layers.Dense(4)(inputs))
    x = shared(keras.layers.Dense(4)(x))
    with pytest.raises(ValueError, match="'shared'"):
        models.convert(keras.Model(inputs, keras.layers.Dense(2)(x)), 4)


SPIKE = 3.0 / 256


def behind(first, merge):
    """The network of a QCFS that `merge` brings together with its input."""
    inputs = keras.Input((6,))
    x = inputs
    for layer in first:
        x = layer(x)
    spikes = layers.QCFS(256, init_threshold=3.0, name="act")(x)
    x = merge([x, spikes]) if merge else spikes
    return keras.Model(inputs, keras.layers.Dense(3)(x))


@pytest.mark.parametrize("front", ("gelu", "layer norm", "group norm"))
def test_a_front_that_is_not_homogeneous_meets_no_spikes(front):
    dense = keras.layers.Dense(
        6, activation="gelu" if front == "gelu" else None
    )
    norms = {
        "layer norm": [keras.layers.LayerNormalization()],
        "group norm": [keras.layers.GroupNormalization(2)],
    }
    first = [dense, *norms.get(front, [])]
    for merge in (keras.layers.Add(), keras.layers.Concatenate()):
        with pytest.raises(ValueError, match="'act', threshold=3.0, other=1.0"):
            models.convert(behind(first, merge), 256)
    net = behind(first, None)
    x = np.random.default_rng(4).normal(size=(20, 6)).astype("float32")
    student = models.convert(net, 256)
    np.testing.assert_allclose(numpy(student(x)), numpy(net(x)), atol=SPIKE)


def test_a_homogeneous_front_meets_spikes():
    first = [keras.layers.Dense(6), keras.layers.BatchNormalization()]
    net = behind(first, keras.layers.Add())
    x = np.random.default_rng(4).normal(size=(20, 6)).astype("float32")
    student = models.convert(net, 256)
    np.testing.assert_allclose(numpy(student(x)), numpy(net(x)), atol=SPIKE)


def test_data_does_not_suit_relus_beside_qcfs():
    first = [keras.layers.Dense(6), keras.layers.ReLU(name="relu")]
    net = behind([*first, keras.layers.Dense(6)], None)
    x = np.random.default_rng(4).normal(size=(20, 6)).astype("float32")
    models.convert(net, 4)
    for correct in (False, True):
        with pytest.raises(ValueError, match="received: layer='relu'"):
            models.convert(net, 4, data=x, correct=correct)


def test_outputs_of_the_network_are_no_spikes():
    inputs = keras.Input((8, 8, 2))
    x = keras.layers.Conv2D(3, 3)(inputs)
    x = layers.QCFS(4, init_threshold=2.0, name="act")(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    expected = "outputs of the network.*'act', threshold=2.0, other=1.0"
    with pytest.raises(ValueError, match=expected):
        models.convert(keras.Model(inputs, x), 4)


@pytest.mark.slow
def test_trained_on_digits_it_loses_less_than_a_relu_network():
    keras.utils.set_random_seed(0)
    splits = data.load("digits")
    x, y = splits.normalise(splits.train[0]), splits.train[1]
    x_test, y_test = splits.normalise(splits.test[0]), splits.test[1]

    def trained(flow, start=None):
        net = models.ResNet8(flow=flow)
        if start is not None:
            models.transfer(start, net)
            for name, value in models.calibrate(start, x[:256]).items():
                net.get_layer(name).threshold.assign(value)
        net.compile(
            keras.optimizers.SGD(0.05, momentum=0.9),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        )
        net.fit(x, y, batch_size=64, epochs=5, verbose=0)
        return net

    def accuracy(net):
        found = net.predict(x_test, verbose=0).argmax(1)
        return (found == y_test.reshape(-1)).mean()

    relu = trained(models.Analog())
    for steps, more in ((8, -0.02), (2, 0.1)):
        net = trained(models.Analog(layers.QCFS(steps)), relu)
        kept = accuracy(models.convert(net, steps))
        plain = models.convert(relu, steps, data=x[:256], correct=False)
        assert accuracy(net) > 0.95
        assert kept > accuracy(net) - 0.03
        assert kept > accuracy(plain) + more
