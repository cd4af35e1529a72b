"""Every neuron and every papers' preset against its NumPy twin."""

import inspect

import keras
import numpy as np
import pytest
from keras import ops

from kerassnn import layers
from kerassnn.layers import LIF
from kerassnn.ops import ATan
from kerassnn.ops import PiecewiseTanh
from kerassnn.ops import spike
from tests.gradients import assert_close
from tests.gradients import value_and_gradient
from tests.gradients import variable_gradients
from tests.gradients import weighted
from tests.reference import neurons
from tests.reference import surrogates
from tests.reference.neurons import Neuron

pytestmark = pytest.mark.numeric
SIGMOID, ATAN = surrogates.sigmoid(4.0), surrogates.atan(2.0)
TANH, BOX = surrogates.piecewise_tanh(1.0), surrogates.rectangle(1.0)
# The neurons of methods.md 1.1, constants written out a second time.
PRESETS = {
    "sastc": Neuron(strict=True),
    "rate_based": Neuron(1.25, 1.0, None, True, SIGMOID),
    "twkd": Neuron(surrogate=SIGMOID),
    "fsta": Neuron(4 / 3, 0.5, surrogate=TANH, strict=True),
    "snntorch": Neuron(2.0, 1.0, None, True, ATAN, False, False, True),
    "tssd": Neuron(2.0, 1.0, None, True, BOX),
}
SHAPE = (3, 4)


def data(twin, timesteps, forward=neurons.forward):
    rng = np.random.default_rng(timesteps)
    shape = (SHAPE[0], timesteps, *SHAPE[1:])
    x = neurons.clear_of_threshold(rng, shape, [twin])
    return x, rng.normal(size=shape).astype("float32")


def check(layer, twin, timesteps):
    x, g = data(twin, timesteps)
    spikes = ops.convert_to_numpy(layer(ops.array(x, "float32")))
    np.testing.assert_array_equal(spikes, neurons.forward(x, twin)[0])
    _, (grad,) = value_and_gradient(lambda x: weighted(layer(x), g), x)
    assert_close(grad, neurons.backward(x, g, twin)[0])


def test_every_preset_has_a_twin():
    found = inspect.getmembers(LIF, inspect.ismethod)
    own = {name for name, _ in found if name in vars(LIF)}
    assert own == set(PRESETS)


@pytest.mark.parametrize("timesteps", (1, 4, 7))
@pytest.mark.parametrize("name", PRESETS)
def test_preset(name, timesteps):
    check(getattr(LIF, name)(), PRESETS[name], timesteps)


@pytest.mark.parametrize("fused", (False, True))
@pytest.mark.parametrize(
    "options",
    (
        {},
        {"tau": 3.0, "decay_input": True, "v_threshold": 0.4},
        {"v_reset": -0.25, "detach_reset": True},
        {"v_reset": None, "decay_reset": False},
        {"v_init": 0.7},
        {"v_init": -0.5, "v_reset": -0.25},
        {"v_init": 1.7, "v_reset": None, "tau": 4.0},
    ),
    ids=str,
)
def test_lif_options(options, fused):
    check(LIF(fused=fused, **options), Neuron(**options), 4)


NEURONS = [
    name
    for name in layers.__all__
    if issubclass(getattr(layers, name), layers.SpikingNeuron)
    and name != "SpikingNeuron"
]


def stepped(layer, x):
    """Spikes of a layer by its `step`, and the potentials in between."""
    x, found = ops.array(x, "float32"), []
    v = layer.initial_state(x[:, 0])
    for t in range(x.shape[1]):
        spikes, v = layer.step(v, x[:, t])
        found.append(spikes)
    return ops.stack(found, axis=1)


@pytest.mark.parametrize("name", NEURONS)
@pytest.mark.parametrize("timesteps, v_reset", ((5, -0.25), (20, None)))
def test_a_layer_is_its_step_unrolled(name, timesteps, v_reset):
    layer = getattr(layers, name)(v_reset=v_reset, v_init=0.3)
    x, g = data(Neuron(v_reset=v_reset), timesteps)
    x = x.astype("float32")
    layer.build(x.shape)
    layer.set_weights([w + 0.1 for w in layer.get_weights()])
    want, (grad,) = value_and_gradient(
        lambda x: weighted(stepped(layer, x), g), x
    )
    np.testing.assert_array_equal(
        ops.convert_to_numpy(layer(x)), ops.convert_to_numpy(stepped(layer, x))
    )
    got, (actual,) = value_and_gradient(lambda x: weighted(layer(x), g), x)
    assert got == pytest.approx(want, abs=1e-4)
    assert_close(actual, grad, 2e-6)


class Accumulator(layers.SpikingNeuron):
    """A user's neuron, given by its step alone; it keeps two states."""

    def initial_state(self, current):
        return super().initial_state(current), ops.zeros_like(current)

    def step(self, state, current):
        v, before = state
        v = v + 0.5 * (current + before)
        spikes = spike(v - self.v_threshold, self.surrogate)
        return spikes, (v - spikes, current)


class Constant(layers.SpikingNeuron):
    """A user's neuron, given by its constants alone."""

    @property
    def dynamics(self):
        return LIF(4.0, v_threshold=self.v_threshold).dynamics


@pytest.mark.parametrize("timesteps", (4, 24))
def test_a_neuron_of_the_users(timesteps):
    x, g = data(Neuron(tau=4.0, v_threshold=0.5), timesteps)
    check(Constant(v_threshold=0.5), Neuron(4.0, 0.5), timesteps)
    layer, v, want = Accumulator(), 0.0, []
    mean = (x + np.pad(x, ((0, 0), (1, 0), (0, 0)))[:, :-1]) / 2
    for t in range(timesteps):
        v = v + mean[:, t]
        want.append(v >= 1)
        v = v - want[-1]
    x = x.astype("float32")
    spikes = ops.convert_to_numpy(layer(x))
    np.testing.assert_array_equal(spikes, np.stack(want, 1))
    _, (grad,) = value_and_gradient(lambda x: weighted(layer(x), g), x)
    _, (twin,) = value_and_gradient(lambda x: weighted(stepped(layer, x), g), x)
    assert_close(grad, ops.convert_to_numpy(twin), 2e-6)


@pytest.mark.parametrize("kind", (layers.ParametricLIF, layers.AdaptiveLIF))
def test_dynamics_of_a_trained_neuron_are_those_it_runs_with(kind):
    timesteps, options = 5, {"v_reset": None, "detach_reset": True}
    layer = kind(**options)
    before = layer.dynamics.decay
    model = keras.Sequential([keras.Input((timesteps, *SHAPE[1:])), layer])
    model.compile(keras.optimizers.SGD(2.0), "mse")
    x, _ = data(Neuron(**options), timesteps)
    x = x.astype("float32")
    model.fit(x, np.ones_like(x), epochs=3, verbose=0)
    learned = [
        np.asarray(ops.convert_to_numpy(c), "float64")
        for c in (layer.dynamics.decay, layer.dynamics.gain)
    ]
    assert np.all(np.abs(learned[0] - before) > 1e-3)
    want = neurons.forward(x.astype("float64"), Neuron(**options), *learned)[0]
    np.testing.assert_array_equal(ops.convert_to_numpy(layer(x)), want)
    layer.trainable = False
    pair = ops.array(x), ops.array(x.mean(1))
    for training in (True, False):
        spikes, rate = layers.RateNeuron(layer)(pair, training=training)
        np.testing.assert_array_equal(ops.convert_to_numpy(spikes), want)
        assert_close(rate, want.mean(1))


@pytest.mark.parametrize("policy", ("float64", "bfloat16", "float16"))
@pytest.mark.parametrize("name", NEURONS)
def test_other_precisions(name, policy):
    if policy == "float64" and keras.backend.backend() == "jax":
        pytest.skip("JAX has no float64 unless it is switched on")
    layer = getattr(layers, name)(dtype=policy)
    x = ops.array(data(Neuron(), 3)[0], policy)
    spikes = layer(x)
    assert keras.backend.standardize_dtype(spikes.dtype) == policy
    spikes = ops.convert_to_numpy(ops.cast(spikes, "float32"))
    assert set(np.unique(spikes)) == {0, 1}


@pytest.mark.parametrize("timesteps", (1, 4, 7))
@pytest.mark.parametrize("v_reset", (0.0, None))
@pytest.mark.parametrize("detach", (False, True))
def test_integrate_fire(v_reset, detach, timesteps):
    options = {"v_reset": v_reset, "detach_reset": detach}
    twin = Neuron(tau=np.inf, **options)
    check(layers.IntegrateFire(**options), twin, timesteps)


@pytest.mark.parametrize("timesteps", (1, 4, 7))
@pytest.mark.parametrize("v_reset", (0.0, None))
@pytest.mark.parametrize("detach", (False, True))
@pytest.mark.parametrize("decay_input", (False, True))
def test_parametric_lif(v_reset, detach, decay_input, timesteps):
    options = {
        "v_reset": v_reset,
        "detach_reset": detach,
        "decay_input": decay_input,
    }
    layer = layers.ParametricLIF(init_tau=2.5, **options)
    layer.build((None, timesteps, *SHAPE[1:]))
    twin = Neuron(tau=2.5, v_threshold=1.0, **options)
    assert_close(ops.sigmoid(layer.w), 1 / 2.5)
    x, g = data(twin, timesteps)
    x, weight = x.astype("float32"), float(ops.convert_to_numpy(layer.w))
    spikes, _, _ = neurons.parametric_forward(x.astype("float64"), weight, twin)
    np.testing.assert_array_equal(ops.convert_to_numpy(layer(x)), spikes)
    want_x, want_w = neurons.parametric_backward(
        x.astype("float64"), weight, g, twin
    )
    _, (grad,) = value_and_gradient(lambda x: weighted(layer(x), g), x)
    assert_close(grad, want_x)
    _, (grad,) = variable_gradients(
        lambda: weighted(layer(ops.convert_to_tensor(x)), g), [layer.w]
    )
    # A sum over all neurons and steps, some of it cancelling.
    if decay_input or timesteps > 1:
        scale = np.max(np.abs(want_x)) * np.sqrt(want_x.size)
        assert abs(grad - want_w) <= 1e-6 * scale
    else:
        assert grad is None or grad == 0  # nothing has leaked yet


@pytest.mark.parametrize(
    "kind", (layers.AdaptiveLIF, layers.ParametricLIF, layers.PositionEncoding)
)
def test_gradients_of_learned_constants_are_summed_in_float32(kind):
    rng = np.random.default_rng(0)
    shape = (16, 2, 16, 16, 3)
    # Numbers that bfloat16 holds exactly, as it does the upstream gradient.
    x, g = rng.integers(-6, 7, (2, *shape)).astype("float32") / 4
    found = {}
    for policy in ("float32", "mixed_bfloat16"):
        layer = kind(dtype=policy)
        layer.build(shape)
        dtype = layer.compute_dtype
        _, found[policy] = variable_gradients(
            lambda layer=layer, dtype=dtype: weighted(
                layer(ops.convert_to_tensor(x, dtype)), g
            ),
            layer.trainable_variables,
        )
    for half, whole in zip(*reversed(found.values()), strict=True):
        assert_close(half, whole, 1e-4)


def test_spikes_keep_the_input_dtype():
    keras.config.set_dtype_policy("mixed_bfloat16")
    spikes = LIF()(ops.ones((1, 2, 3), "bfloat16"))
    assert keras.backend.standardize_dtype(spikes.dtype) == "bfloat16"


@pytest.mark.parametrize(
    "options, message",
    (
        ({"tau": 1.0}, "tau=1.0"),
        ({"tau": "2"}, "tau='2'"),
        ({"tau": np.inf}, "tau=inf"),
        ({"tau": True}, "tau=True"),
        ({"v_threshold": 0.0}, "v_threshold=0.0"),
        ({"v_threshold": np.nan}, "v_threshold=nan"),
        ({"v_reset": 1.0}, "v_reset=1.0"),
        ({"v_reset": -np.inf}, "v_reset=-inf"),
        ({"v_init": np.nan}, "v_init=nan"),
        ({"detach_reset": "no"}, "detach_reset='no'"),
        ({"surrogate": "arctan"}, "ATan, Sigmoid.*surrogate='arctan'"),
        ({"surrogate": 2.0}, "surrogate=2.0"),
    ),
)
def test_bad_options(options, message):
    with pytest.raises(ValueError, match=message):
        LIF(**options)


@pytest.mark.parametrize("name", ("atan", "ATan", "piecewise_tanh"))
def test_surrogates_by_name(name):
    cls = PiecewiseTanh if "tanh" in name else ATan
    assert LIF(surrogate=name).surrogate == cls()


@pytest.mark.parametrize("shape", ((3,), (32,), (None, 5)))
def test_bad_input_shape(shape):
    for neuron in (LIF(), layers.ParametricLIF(), layers.IntegrateFire()):
        with pytest.raises(ValueError, match=r"\(B, T, \.\.\.\).*[Rr]eceived"):
            neuron(keras.Input(shape[1:] if shape == (3,) else shape))
