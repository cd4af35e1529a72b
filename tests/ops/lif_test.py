"""The fused op and the plain loop against hand-derived BPTT in float64."""

import time

import keras
import numpy as np
import pytest
from keras import ops

from kerassnn.ops import SURROGATES
from kerassnn.ops import Dynamics
from kerassnn.ops import lif_sequence
from kerassnn.ops import lif_steps
from tests.gradients import assert_close
from tests.gradients import value_and_gradient
from tests.gradients import weighted
from tests.reference import neurons
from tests.reference import surrogates

pytestmark = pytest.mark.numeric
UNROLLS = {"fused": lif_sequence, "steps": lif_steps}
RESETS = {
    "hard": (0.0, True),
    "to -0.3": (-0.3, True),
    "soft": (None, True),
    "unleaked": (None, False),
}


def pair(surrogate="Triangle", reset="hard", **options):
    """A twin neuron and the library's constants for it."""
    (cls,) = [each for each in SURROGATES if each.__name__ == surrogate]
    v_reset, decay_reset = RESETS[reset]
    twin = neurons.Neuron(
        v_reset=v_reset,
        decay_reset=decay_reset,
        surrogate=surrogates.BY_NAME[surrogate](),
        **options,
    )
    dynamics = Dynamics(
        decay=twin.decay,
        gain=twin.gain,
        v_threshold=twin.v_threshold,
        v_reset=v_reset,
        detach_reset=twin.detach_reset,
        decay_reset=decay_reset,
        strict=twin.strict,
        surrogate=cls(),
    )
    return twin, dynamics


def check(unroll, twin, dynamics, timesteps, shape=(3, 5)):
    """Spikes identical, gradient within 1e-6."""
    rng = np.random.default_rng(timesteps)
    full = (shape[0], timesteps, *shape[1:])
    x = neurons.clear_of_threshold(rng, full, [twin])
    g = rng.normal(size=full).astype("float32")
    spikes = ops.convert_to_numpy(unroll(ops.array(x, "float32"), dynamics))
    assert spikes.dtype == np.float32
    np.testing.assert_array_equal(spikes, neurons.forward(x, twin)[0])
    _, (grad,) = value_and_gradient(
        lambda x: weighted(unroll(x, dynamics), g), x
    )
    assert_close(grad, neurons.backward(x, g, twin)[0])
    return grad


@pytest.mark.parametrize("timesteps", (1, 4, 7))
@pytest.mark.parametrize("unroll", UNROLLS)
@pytest.mark.parametrize("reset", RESETS)
@pytest.mark.parametrize("detach", (False, True))
def test_reset_variants(unroll, reset, detach, timesteps):
    twin, dynamics = pair(reset=reset, detach_reset=detach)
    check(UNROLLS[unroll], twin, dynamics, timesteps)


@pytest.mark.parametrize("timesteps", (1, 4, 7))
@pytest.mark.parametrize("unroll", UNROLLS)
@pytest.mark.parametrize("surrogate", surrogates.BY_NAME)
def test_surrogates(unroll, surrogate, timesteps):
    twin, dynamics = pair(surrogate)
    check(UNROLLS[unroll], twin, dynamics, timesteps)


@pytest.mark.parametrize("unroll", UNROLLS)
@pytest.mark.parametrize(
    "tau, scaled, threshold",
    ((1.25, False, 1.0), (4 / 3, False, 0.5), (3.0, True, 0.4)),
)
def test_constants(unroll, tau, scaled, threshold):
    twin, dynamics = pair(tau=tau, decay_input=scaled, v_threshold=threshold)
    check(UNROLLS[unroll], twin, dynamics, 7)


@pytest.mark.parametrize("unroll", UNROLLS)
@pytest.mark.parametrize("reset", ("hard", "soft"))
def test_no_leak(unroll, reset):
    twin, dynamics = pair(reset=reset, tau=np.inf)
    check(UNROLLS[unroll], twin, dynamics, 7)


@pytest.mark.parametrize("unroll", UNROLLS)
def test_images(unroll):
    twin, dynamics = pair()
    check(UNROLLS[unroll], twin, dynamics, 4, (2, 3, 2, 2))


@pytest.mark.parametrize("reset", RESETS)
def test_detaching_matters_only_after_a_step(reset):
    for timesteps, same in ((1, True), (4, False)):
        grads = [
            check(lif_sequence, *pair(reset=reset, detach_reset=d), timesteps)
            for d in (False, True)
        ]
        assert np.array_equal(*grads) == same


@pytest.mark.parametrize("unroll", UNROLLS)
def test_only_strict_neuron_is_silent_at_threshold(unroll):
    # tau 2: potentials 0.5, 0.75, exactly 1, then 0.75 or 1.25.
    x = np.array([[0.5, 0.5, 0.625, 0.75]], "float32")
    for strict, expected in ((False, [0, 0, 1, 0]), (True, [0, 0, 0, 1])):
        twin, dynamics = pair(strict=strict)
        spikes = UNROLLS[unroll](ops.array(x), dynamics)
        np.testing.assert_array_equal(ops.convert_to_numpy(spikes)[0], expected)
        np.testing.assert_array_equal(neurons.forward(x, twin)[0][0], expected)


@pytest.mark.parametrize("reset", ("hard", "soft"))
@pytest.mark.parametrize("detach", (False, True))
def test_saturation(reset, detach):
    """Every step fires, so every reset carries a gradient."""
    twin, dynamics = pair("Sigmoid", reset, detach_reset=detach)
    x = np.linspace(1.1, 2.9, 12).reshape(2, 6).astype("float32")
    expected = neurons.backward(x.astype("float64"), np.ones((2, 6)), twin)[0]
    for unroll in UNROLLS.values():
        value, (grad,) = value_and_gradient(
            lambda x, unroll=unroll: ops.sum(unroll(x, dynamics)), x
        )
        assert value == 12
        assert_close(grad, expected)


@pytest.mark.parametrize(
    "unroll, reset, detach",
    (
        ("fused", "hard", False),
        ("fused", "to -0.3", True),
        ("fused", "unleaked", False),
        ("steps", "soft", False),
    ),
)
def test_long_sequences_are_a_loop_with_the_same_values(unroll, reset, detach):
    twin, dynamics = pair(reset=reset, detach_reset=detach)
    check(UNROLLS[unroll], twin, dynamics, 40)
    x = np.random.default_rng(0).normal(0.6, 0.9, (2, 40, 3))
    x = ops.cast(ops.array(x, "float32"), "bfloat16")
    rounded = ops.convert_to_numpy(ops.cast(x, "float32"))
    spikes = ops.cast(UNROLLS[unroll](x, dynamics), "float32")
    np.testing.assert_array_equal(
        ops.convert_to_numpy(spikes), neurons.forward(rounded, twin)[0]
    )


@pytest.mark.skipif(
    keras.backend.backend() == "torch", reason="torch compiles nothing"
)
@pytest.mark.parametrize("unroll", UNROLLS)
def test_long_sequences_compile_soon(unroll):
    """Unrolled, 128 steps take half a minute or more."""
    _, dynamics = pair(v_threshold=0.7)
    inputs = keras.Input((128, 4))
    x = keras.layers.Dense(4)(inputs)
    x = keras.layers.Lambda(lambda x: UNROLLS[unroll](x, dynamics))(x)
    model = keras.Model(inputs, x)
    model.compile("sgd", "mse", jit_compile=True)
    data = np.ones((2, 128, 4), "float32")
    start = time.process_time()
    model.train_on_batch(data, data)
    assert time.process_time() - start < 10
