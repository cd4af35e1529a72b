"""A student cut between its steps computes what it does in one piece."""

import keras
import numpy as np
import pytest
from keras import ops

from kerassnn import layers
from kerassnn import models
from tests.models.builders_test import NAMES
from tests.models.builders_test import SHAPES
from tests.models.builders_test import WIDTHS

STEPS = 3
NEURONS = {
    "lif": layers.LIF(),
    "soft": layers.LIF(tau=1.5, v_reset=None, decay_input=True),
    "strict": layers.LIF.sastc(v_init=0.4),
    "if": layers.IntegrateFire(),
    "parametric": layers.ParametricLIF(decay_input=True),
    "adaptive": layers.AdaptiveLIF(),
}


def student(name, neuron=None, **options):
    """A builder's student of T steps that fires in every layer."""
    shape = SHAPES.get(name, (16, 16, 3))
    if len(shape) == 4:
        shape = (STEPS, *shape[1:])
    options = {"width": WIDTHS.get(name, 3), "input_shape": shape, **options}
    net = models.BUILDERS[name](
        neuron=neuron or layers.LIF(), timesteps=STEPS, classes=7, **options
    )
    rng = np.random.default_rng(0)
    for weight in net.weights:
        low, high = (2.0, 4.0) if weight.name == "gamma" else (0.8, 1.2)
        spread = rng.uniform(low, high, weight.shape)
        weight.assign(weight * spread.astype("float32"))
    return net


def frames(net, batch=2):
    """Input of the student, and the frame of each step."""
    rng = np.random.default_rng(1)
    shape = (batch, *net.input_shape[1:])
    x = rng.normal(size=shape).astype("float32")
    events = len(shape) == 5
    return x, [x[:, t] if events else x for t in range(STEPS)]


def unrolled(net, x):
    """The student's prediction after 1, 2, ... steps."""
    steps = keras.Model(net.inputs[0], net.get_layer("logits_t").output)
    logits = ops.convert_to_numpy(steps(x, training=False))
    return np.cumsum(logits, 1) / np.arange(1, STEPS + 1)[:, None]


def check(net):
    x, each = frames(net)
    stream = models.Stream(net, batch_size=2)
    expected = unrolled(net, x)
    assert np.ptp(expected, axis=1).max() > 1e-3  # steps differ
    for _ in range(2):
        for t, frame in enumerate(each):
            found = stream.step(frame)
            np.testing.assert_allclose(
                found, expected[:, t], rtol=1e-4, atol=1e-5
            )
        assert stream.steps == STEPS
        stream.reset()


@pytest.mark.numeric
@pytest.mark.parametrize("neuron", NEURONS)
def test_every_neuron_steps_as_it_unrolls(neuron):
    check(student("ResNet8", NEURONS[neuron]))


@pytest.mark.numeric
@pytest.mark.parametrize("name", ["VGGSNN", "MSResNet18"])
def test_builders_step_as_they_unroll(name):
    check(student(name))


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_every_builder_steps_as_it_unrolls(name):
    check(student(name))


@pytest.mark.slow
@pytest.mark.skipif(
    keras.backend.backend() == "torch", reason="torch has no such compiler"
)
def test_all_steps_run_within_one_compiled_function():
    net = student("VGGSNN")
    x, each = frames(net)
    model = models.streaming(net)
    states = models.initial_states(model, batch_size=2)

    def run(first, states):
        found = []
        for frame in first:
            logits, states = model([frame, states], training=False)
            found.append(logits)
        return ops.stack(found, axis=1)

    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        compiled = [tf.function(run), tf.function(run, jit_compile=True)]
    else:
        import jax

        compiled = [jax.jit(run)]
    for call in compiled:
        found = ops.convert_to_numpy(call(each, states))
        np.testing.assert_allclose(
            found, unrolled(net, x), rtol=1e-4, atol=1e-5
        )


def test_weights_are_shared_and_the_student_stays_whole():
    net = student("ResNet8")
    x, each = frames(net)
    stream = models.Stream(net, batch_size=2)
    before = stream.step(each[0])
    head = net.get_layer("head").layer
    head.kernel.assign(2.0 * head.kernel)
    head.bias.assign(2.0 * head.bias)
    stream.reset()
    np.testing.assert_allclose(stream.step(each[0]), 2.0 * before, rtol=1e-5)
    models.Stream(net)  # once more
    assert isinstance(net.get_layer("stem").output, keras.KerasTensor)
    unrolled(net, x)


def test_the_last_potential_is_a_running_readout():
    x = keras.Input((STEPS, 5))
    y = layers.TimeFold(keras.layers.Dense(4, name="hidden"))(x)
    y = layers.LIF(name="act")(y)
    y = layers.TimeFold(keras.layers.Dense(3, name="head"))(y)
    net = keras.Model(x, layers.MembraneReadout(tau=3.0)(y))
    given = np.random.default_rng(0).normal(size=(2, STEPS, 5))
    given = given.astype("float32")
    stream = models.Stream(net, batch_size=2)
    for t in range(STEPS):
        found = stream.step(given[:, t])
    expected = ops.convert_to_numpy(net(given))
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)


def test_what_needs_all_steps_is_refused_by_name():
    net = models.STAAResNet18(
        classes=3, timesteps=2, input_shape=(8, 8, 3), width=2
    )
    with pytest.raises(ValueError, match="expected layers that see one"):
        models.streaming(net)
    with pytest.raises(ValueError, match="a TEBN"):
        models.streaming(student("ResNet8", norm=layers.TEBN()))
    with pytest.raises(ValueError, match="which has none"):
        models.streaming(models.ResNet8(width=2))


def test_wrong_frames_are_refused():
    stream = models.Stream(student("ResNet8"))
    with pytest.raises(ValueError, match="expected a frame of shape"):
        stream.step(np.zeros((2, 8, 8, 1)))
    with pytest.raises(ValueError, match="frame must be finite.*64 values"):
        stream.step(np.full((1, 8, 8, 1), np.nan))
    assert stream.steps == 0
    with pytest.raises(ValueError, match="batch_size"):
        models.Stream(student("ResNet8"), batch_size=0)
