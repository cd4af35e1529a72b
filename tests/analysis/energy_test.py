import keras
import numpy as np
import pytest
from keras import layers as KL
from keras import ops

from kerassnn import models
from kerassnn.analysis import energy
from kerassnn.analysis import firing_rates
from kerassnn.analysis import sops
from kerassnn.layers import LIF
from kerassnn.layers import QCFS
from kerassnn.layers import DirectEncode
from kerassnn.layers import GlobalContext
from kerassnn.layers import MeanReadout
from kerassnn.layers import PositionEncoding
from kerassnn.layers import StepAttention
from kerassnn.layers import TimeFold
from kerassnn.zoo.stored import stored_input


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


def test_firing_rates_look_into_nested_models():
    net = two_layer_net()
    net.name = "net"
    stack = keras.Sequential(
        [keras.Input((3,)), keras.layers.Rescaling(2.0), net]
    )
    rates = firing_rates(stack, ONE / 2)
    assert rates == {"net/neuron": pytest.approx(5 / 8)}


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


def analog(layer, shape):
    inputs = keras.Input(shape)
    model = keras.Model(inputs, layer(inputs))
    return energy(model, np.full((1, *shape), 0.5, "float32"))


@pytest.mark.parametrize(
    "layer, shape, macs",
    [
        # 3x3 windows of one channel each, two kernels a channel.
        (KL.DepthwiseConv2D(3, depth_multiplier=2), (6, 6, 3), 4 * 4 * 6 * 9),
        # The same, and 6 channels to 5 behind it.
        (
            KL.SeparableConv2D(5, 3, depth_multiplier=2),
            (6, 6, 3),
            4 * 4 * 6 * 9 + 4 * 4 * 6 * 5,
        ),
        (KL.EinsumDense("abc,cd->abd", (4, 5)), (4, 3), 4 * 3 * 5),
        (KL.TimeDistributed(KL.Dense(5)), (4, 3), 4 * 3 * 5),
        (KL.LayerNormalization(), (4, 3), 2 * 4 * 3),
        (KL.PReLU(), (4, 3), 0),
        (QCFS(4), (4, 3), 0),
    ],
    ids=["depthwise", "separable", "einsum", "time", "norm", "prelu", "qcfs"],
)
def test_layers_of_keras_by_hand(layer, shape, macs):
    found = analog(layer, shape)
    assert found["macs"] == macs
    assert found["sops"] == 0


def test_depthwise_spikes_cost_operations_by_their_rate():
    inputs = keras.Input((4, 4, 2))
    model = keras.Model(inputs, KL.DepthwiseConv2D(1, name="each")(inputs))
    x = np.zeros((1, 4, 4, 2), "float32")
    x[0, 0] = 1.0  # 8 of 32
    assert sops(model, x)["each"] == {"sops": 8.0, "macs": 0.0, "rate": 0.25}


def attending(values, product=None):
    """softmax(q k^T) v of 4 places by 3 features, in `keras.ops` by default."""
    inputs = [keras.Input((4, 3), name=name) for name in "qkv"]
    q, k, v = inputs
    if product is None:
        scores = ops.matmul(q, ops.transpose(k, (0, 2, 1)))
        y = ops.matmul(ops.softmax(scores), v)
    else:
        y = product([q, v, k])
    return energy(keras.Model(inputs, y), values)


def test_attention_without_weights_costs_energy():
    values = [np.full((1, 4, 3), v, "float32") for v in (0.5, 0.2, 0.1)]
    for product in (None, KL.Attention()):
        found = attending(values, product)
        assert found["macs"] == 4 * 4 * 3 + 4 * 4 * 3
        assert "Products of two activations" in found["assumptions"]
    head = KL.MultiHeadAttention(2, 5)
    found = attending(values, lambda x: head(x[0], x[1], x[2]))
    projections = 4 * (4 * 3 * 10)
    assert found["macs"] == projections + 2 * 4 * 4 * (5 + 5)


def test_a_product_of_spikes_costs_by_the_sparser():
    q, k, v = (np.zeros((1, 4, 3), "float32") for _ in range(3))
    q[0, 0], k[0, 0, 0], v[0, :2] = 1.0, 1.0, 1.0
    # q k^T: 48 products, 1 of 12 keys fires; 48 more with v, half of it.
    found = attending([q, k, v])
    assert found["sops"] == pytest.approx(48 / 12 + 48 / 2)
    assert found["macs"] == 0
    pair = [keras.Input((3,)), keras.Input((3,))]
    for product in (KL.Dot(axes=1), lambda x: ops.einsum("ab,ab->a", *x)):
        model = keras.Model(pair, product(pair))
        assert energy(model, [q[:, 0], q[:, 0]])["sops"] == 3


class Scaled(keras.layers.Layer):
    """A layer with a weight."""

    def build(self, input_shape):
        self.scale = self.add_weight(shape=(input_shape[-1],))

    def call(self, inputs):
        return inputs * self.scale


class Stated(Scaled):
    """One that says what it costs."""

    def macs(self, input_shape, output_shape):
        return int(np.prod(output_shape[1:]))


class Summing(Stated):
    sums_inputs = True


def test_layers_of_ones_own_say_what_they_cost():
    assert analog(Stated(), (4, 3))["macs"] == 12
    inputs = keras.Input((4, 3))
    model = keras.Model(inputs, Summing()(inputs))
    x = np.zeros((1, 4, 3), "float32")
    x[0, 0] = 1.0
    assert energy(model, x)["sops"] == 3.0
    x[0, 0] = 0.5
    assert energy(model, x)["macs"] == 12.0


@pytest.mark.parametrize(
    "layer",
    [
        Scaled(name="odd"),
        KL.LSTM(2, name="odd"),
        lambda x: ops.tensordot(x, x, 1),
    ],
    ids=["own", "lstm", "tensordot"],
)
def test_what_cannot_be_counted_is_refused_by_name(layer):
    with pytest.raises(ValueError, match="layer=(odd|tensordot)"):
        analog(layer, (4, 3))


def test_a_model_of_unknown_size_is_refused():
    inputs = keras.Input((None, None, 3))
    model = keras.Model(inputs, KL.Conv2D(2, 3)(inputs))
    with pytest.raises(ValueError, match="known input shape"):
        energy(model, np.zeros((1, 4, 4, 3)))


@pytest.mark.slow
def test_nested_models_are_counted_by_path_and_shared_ones_twice():
    net = two_layer_net()
    net.name = "net"
    outer = keras.Sequential([keras.Input((3,)), KL.Rescaling(2.0), net])
    found, plain = sops(outer, ONE / 2), sops(two_layer_net(), ONE)
    assert found == {f"net/{name}": row for name, row in plain.items()}
    inputs = keras.Input((3,))
    twice = keras.Model(inputs, net(inputs) + net(inputs))
    found, once = energy(twice, ONE), energy(net, ONE)
    assert found["picojoules"] == pytest.approx(2 * once["picojoules"])


def test_models_at_other_steps_and_of_stored_images_are_measured():
    net = two_layer_net()
    longer = models.at_timesteps(net, 8)
    # Neuron 1 fires at 3 of 4, its potential is then 0: at 3 and 6 of 8.
    assert firing_rates(longer, ONE) == {"neuron": pytest.approx(10 / 16)}
    assert energy(longer, ONE)["sops"] == pytest.approx(50)
    stored = stored_input(net, {"scale": 2.0, "mean": [0.0], "std": [1.0]})
    assert energy(stored, 2 * ONE) == energy(net, ONE)
    assert firing_rates(stored, 2 * ONE) == firing_rates(net, ONE)


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
