"""What neurons are recorded to do, against their NumPy twins."""

import keras
import numpy as np
import pytest
from keras import ops

from kerassnn import models
from kerassnn.analysis import firing_rates
from kerassnn.analysis import record
from kerassnn.layers import LIF
from kerassnn.layers import AdaptiveLIF
from kerassnn.layers import MeanReadout
from kerassnn.layers import SpikingNeuron
from kerassnn.ops import spike
from tests.reference import neurons
from tests.reference.neurons import Neuron


def net(neuron, x, name="net"):
    inputs = keras.Input(x.shape[1:])
    return keras.Model(inputs, MeanReadout()(neuron(inputs)), name=name)


def currents(twin, timesteps=4):
    rng = np.random.default_rng(timesteps)
    return neurons.clear_of_threshold(rng, (3, timesteps, 2, 4), [twin])


@pytest.mark.numeric
@pytest.mark.parametrize("timesteps", (4, 20))
@pytest.mark.parametrize(
    "options",
    (
        {},
        {"v_threshold": 0.4, "tau": 3.0, "decay_input": True, "v_init": 0.2},
        {"v_reset": None, "decay_reset": False},
        {"v_reset": -0.25, "strict": True},
    ),
    ids=str,
)
def test_a_recording_is_what_the_twin_does(options, timesteps):
    twin = Neuron(**options)
    x = currents(twin, timesteps)
    found = record(net(LIF(name="lif", **options), x), x.astype("float32"))
    assert set(found) == {"lif"}
    spikes, before, after = neurons.forward(x, twin)
    np.testing.assert_array_equal(found["lif"].spikes, spikes)
    np.testing.assert_allclose(found["lif"].charged, before, atol=2e-5)
    np.testing.assert_allclose(found["lif"].potentials, after, atol=2e-5)
    assert found["lif"].threshold == twin.v_threshold
    assert found["lif"].reset == twin.v_reset


def test_learned_constants_are_those_of_the_moment():
    twin = Neuron(tau=1 / 0.3)
    x = currents(twin)
    layer = AdaptiveLIF()
    model = net(layer, x)
    layer.set_weights([np.full(4, 0.7), np.full(4, 1.0)])
    (found,) = record(model, x.astype("float32")).values()
    np.testing.assert_array_equal(found.spikes, neurons.forward(x, twin)[0])


class Twice(SpikingNeuron):
    """Has a state of two tensors."""

    def initial_state(self, current):
        return ops.zeros_like(current), ops.ones_like(current)

    def step(self, v, current):
        spikes = spike(v[0] + current - 1.0, self.surrogate)
        return spikes, (v[0] + current - spikes, v[1])


def test_a_neuron_of_ones_own_step_is_recorded():
    x = np.full((1, 4, 1), 0.6, "float32")
    (found,) = record(net(Twice(), x), x).values()
    assert found.spikes.ravel().tolist() == [0, 1, 0, 1]
    assert found.potentials.ravel() == pytest.approx([0.6, 0.2, 0.8, 0.4])
    assert found.charged is None


@pytest.mark.slow
def test_networks_nested_ones_and_rate_based_ones():
    size = {"timesteps": 2, "input_shape": (8, 8, 1), "width": 2}
    neuron = LIF(v_threshold=0.1)
    plain = models.ResNet8(neuron=neuron, **size)
    plain.name = "inner"
    x = np.random.default_rng(0).normal(size=(5, 8, 8, 1)).astype("float32")
    rates = firing_rates(plain, x)
    found = record(plain, x, batch_size=2)
    means = {name: float(r.spikes.mean()) for name, r in found.items()}
    assert means == pytest.approx(rates)
    assert min(means.values()) > 0
    outer = keras.Sequential([keras.Input((8, 8, 1)), plain])
    name, *_, last = found
    chosen = record(outer, x, [f"inner/{last}", f"inner/{name}"])
    assert [*chosen] == [f"inner/{name}", f"inner/{last}"]
    for each in (name, last):
        np.testing.assert_array_equal(
            chosen[f"inner/{each}"].spikes, found[each].spikes
        )
    trained = models.ResNet8(flow=models.RateBased(neuron), **size)
    models.transfer(plain, trained, may_differ=())
    for each, r in record(trained, x, [name]).items():
        np.testing.assert_array_equal(r.spikes, found[each].spikes)


def test_an_ann_has_nothing_to_record_and_unknown_names_are_told():
    x = np.zeros((1, 8, 8, 1), "float32")
    ann = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Flatten()])
    assert record(ann, x) == {}
    with pytest.raises(ValueError, match="'lif'.*received.*'other'"):
        record(net(LIF(name="lif"), x), x, ["other"])
