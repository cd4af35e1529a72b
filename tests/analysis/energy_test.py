import keras
import numpy as np
import pytest

from kerassnn.analysis import energy
from kerassnn.analysis import firing_rates
from kerassnn.analysis import sops
from kerassnn.layers import LIF
from kerassnn.layers import DirectEncode
from kerassnn.layers import MeanReadout
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
