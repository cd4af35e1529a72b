import keras
import numpy as np
import pytest

from kerassnn import models
from kerassnn.analysis import energy
from kerassnn.analysis import firing_rates
from kerassnn.analysis import sops
from kerassnn.layers import LIF
from kerassnn.layers import DirectEncode
from kerassnn.layers import GlobalContext
from kerassnn.layers import MeanReadout
from kerassnn.layers import PositionEncoding
from kerassnn.layers import StepAttention
from kerassnn.layers import TimeFold


def two_layer_net():
    """3 inputs -> 2 neurons over 4 steps -> 5 outputs, worked by hand.

    With the kernel below, neuron 0 receives 1.5 x_0 and neuron 1 receives
    0.6 x_0. With tau = 2 and x_0 = 1 neuron 0 fires at every step; neuron 1
    reaches 0.6, 0.9, 1.05: it fires at step 3 of 4.
    """
    inputs = keras.Input((3,))
    x = keras.layers.Dense(2, use_bias=False, name="first")(inputs)
    x = DirectEncode(4)(x)
    x = LIF(tau=2.0, name="neuron")(x)
    x = TimeFold(keras.layers.Dense(5, name="second"))(x)
    model = keras.Model(inputs, MeanReadout()(x))
    kernel = np.zeros((3, 2), "float32")
    kernel[0] = [1.5, 0.6]
    model.get_layer("first").set_weights([kernel])
    return model


ONE = np.array([[1.0, 0.5, 0.0]], "float32")


def test_firing_rates_by_hand():
    rates = firing_rates(two_layer_net(), ONE)
    assert rates == {"neuron": pytest.approx((4 + 1) / 8)}


def test_sops_by_hand():
    found = sops(two_layer_net(), ONE)
    # The first layer runs once on graded inputs: 3 x 2 MACs. The second one
    # sees 5 spikes in all, each added to 5 outputs.
    assert found["first"] == {
        "sops": 0.0,
        "macs": 6.0,
        "rate": pytest.approx(2 / 3),
    }
    assert found["second"]["macs"] == 0.0
    assert found["second"]["sops"] == pytest.approx(25.0)


def test_energy_by_hand():
    found = energy(two_layer_net(), ONE)
    assert found["picojoules"] == pytest.approx(6 * 4.6 + 25 * 0.9)
    assert "4.6 pJ" in found["assumptions"]


def test_rates_average_over_images_of_uneven_batches():
    silent = np.zeros((2, 3), "float32")
    images = np.concatenate([ONE, silent])
    rates = firing_rates(two_layer_net(), images, batch_size=2)
    assert rates["neuron"] == pytest.approx(5 / 8 / 3)


def test_an_analog_layer_costs_all_its_macs():
    inputs = keras.Input((6, 6, 2))
    x = keras.layers.Conv2D(4, 3, name="conv", use_bias=False)(inputs)
    x = keras.layers.GlobalAveragePooling2D()(x)
    model = keras.Model(inputs, keras.layers.Dense(3, name="head")(x))
    x = np.random.default_rng(0).normal(size=(2, 6, 6, 2))
    found = energy(model, x.astype("float32"))
    assert found["macs"] == 4 * 4 * 4 * (3 * 3 * 2) + 4 * 3
    assert found["sops"] == 0
    assert firing_rates(model, x) == {}


def test_a_grouped_convolution_counts_its_groups():
    inputs = keras.Input((4, 4, 4))
    x = keras.layers.Conv2D(8, 1, groups=2, use_bias=False)(inputs)
    found = energy(keras.Model(inputs, x), np.full((1, 4, 4, 4), 0.5))
    assert found["macs"] == 4 * 4 * 8 * 2


def test_a_kernel_that_cannot_be_counted_is_an_error():
    inputs = keras.Input((4, 4, 3))
    x = keras.layers.Conv2DTranspose(2, 3, name="up")(inputs)
    with pytest.raises(ValueError, match="up"):
        energy(keras.Model(inputs, x), np.zeros((1, 4, 4, 3)))


def test_attention_by_hand():
    """STAA's layers around the neuron of `two_layer_net`, at two places.

    A gate of 1/2 leaves the currents as they are: neuron 1 receives 0.6 and
    reaches 0.6, 0.9, 1.05: it fires at step 3, neuron 0 at all four.
    """
    inputs = keras.Input((2, 3))
    x = keras.layers.Dense(2, use_bias=False, name="first")(inputs)
    x = PositionEncoding()(DirectEncode(4)(x))
    x = GlobalContext(ratio=2, name="context")(x)
    x = LIF(tau=2.0, name="neuron")(x)
    x = StepAttention(name="steps")(x)
    x = TimeFold(keras.layers.Dense(5, name="second"))(x)
    model = keras.Model(inputs, MeanReadout()(x))
    kernel = np.zeros((3, 2), "float32")
    kernel[0] = [1.5, 0.6]
    model.get_layer("first").set_weights([kernel])
    context = model.get_layer("context")
    context.set_weights([np.zeros(w.shape) for w in context.weights])
    images = np.stack([ONE, ONE], axis=1)
    assert firing_rates(model, images) == {"neuron": pytest.approx(5 / 8)}
    found = sops(model, images)
    # Of 4 steps: key, sum and product on 2 x 2 currents; 2 -> 1 -> 2 units.
    assert found["context"]["macs"] == 4 * (3 * 4 + 2 + 2)
    # Once 4 steps -> 4 units -> 4 steps.
    assert found["steps"]["macs"] == 4 * 4 + 4 * 4
    # 10 spikes, added to 5 outputs each; 4 x 2 x 5 outputs times a factor.
    assert found["second"]["sops"] == pytest.approx(10 * 5)
    assert found["second"]["macs"] == 4 * 2 * 5
    assert set(found) == {"first", "context", "steps", "second"}
    whole = energy(model, images)
    assert whole["macs"] == 12 + 64 + 32 + 40
    assert "one MAC for each output" in whole["assumptions"]
    assert "Attention" not in energy(two_layer_net(), ONE)["assumptions"]


@pytest.mark.parametrize("attends", [True, False])
def test_values_that_differ_within_a_step_are_no_spikes(attends):
    inputs = keras.Input((2, 3))
    x = TimeFold(keras.layers.Dense(5, name="dense"))(inputs)
    model = keras.Model(inputs, StepAttention()(x) if attends else x)
    steps = np.array([[[0, 0.3, 0.3], [0.7, 0, 0.7]]], "float32")
    found = sops(model, steps)["dense"]
    assert found["macs"] == (2 * 5 if attends else 2 * 15)
    assert found["sops"] == pytest.approx(2 * 15 * 4 / 6 if attends else 0)
    steps[0, 1, 0] = 0.3
    assert sops(model, steps)["dense"]["macs"] == 2 * 15
    assert sops(model, steps)["dense"]["sops"] == 0


IMAGES = np.random.default_rng(0).normal(size=(3, 16, 16, 3)).astype("float32")


@pytest.mark.slow
def test_an_attentive_network_adds_attention_to_its_twins_operations():
    size = {"width": 4, "timesteps": 2, "input_shape": (16, 16, 3)}
    neuron = LIF(v_threshold=0.1)  # untrained, yet no layer silent
    net = models.STAAResNet19(neuron=neuron, **size)
    plain = models.ResNet19(neuron=neuron, **size)
    found, twin = sops(net, IMAGES), sops(plain, IMAGES)
    assert set(twin) < set(found)
    for name in set(twin) - {"stem_conv", "head"}:
        assert found[name]["sops"] > 0
        outputs = np.prod(net.get_layer(name).output.shape[1:])
        assert found[name]["macs"] == outputs
        # The same kernel on as many inputs: MACs of each alike.
        macs = [n[name]["sops"] / n[name]["rate"] for n in (found, twin)]
        assert macs[0] == pytest.approx(macs[1])
    for name in ("stem_conv", "head"):
        assert found[name] | {"rate": 0} == twin[name] | {"rate": 0}
    assert all(
        row["sops"] == 0 < row["macs"]
        for name, row in found.items()
        if name not in twin
    )
    assert len(firing_rates(net, IMAGES)) == 17


@pytest.mark.slow
def test_a_rate_based_network_is_measured_as_its_plain_twin():
    size = {"width": 4, "timesteps": 2, "input_shape": (16, 16, 3)}
    neuron = LIF(v_threshold=0.1)
    trained = models.ResNet19(flow=models.RateBased(neuron), **size)
    plain = models.ResNet19(neuron=neuron, **size)
    models.transfer(trained, plain, may_differ=())
    assert firing_rates(trained, IMAGES) == firing_rates(plain, IMAGES)
    assert min(firing_rates(trained, IMAGES).values()) > 0
    assert sops(trained, IMAGES) == sops(plain, IMAGES)
