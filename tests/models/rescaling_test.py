"""Divided activations, and statistics measured again."""

import keras
import numpy as np
import pytest
from keras import ops

from kerassnn import layers
from kerassnn import models

WIDTHS = {"WRN28x4": 8, "PyramidNet20": 2, "WideBottleneck16": 1}
SHAPES = {"ResNet8": (8, 8, 1), "VGG16": (32, 32, 3), "VGGSNN": (2, 16, 16, 2)}
NAMES = [name for name in models.BUILDERS if not name.startswith("STAA")]
QUICK = ("ResNet8", "VGG11")
SLOW = [
    name if name in QUICK else pytest.param(name, marks=pytest.mark.slow)
    for name in NAMES
]


def drawn(model, seed=0):
    """Values such as a trained network has."""
    rng = np.random.default_rng(seed)
    for v in model.weights:
        value = ops.convert_to_numpy(v)
        if v.name in ("moving_variance", "gamma"):
            value = rng.uniform(0.5, 2.0, value.shape)
        elif v.name != "kernel":
            value = 0.3 * rng.normal(size=value.shape)
        v.assign(value.astype("float32"))
    stem = [x for x in model.layers if x.name == "stem_bn"]
    for norm in stem[:1]:  # epsilon is most of some variances
        small = np.where(np.arange(norm.gamma.shape[0]) % 3, 1.0, 1e-6)
        norm.moving_variance.assign(small)
        norm.gamma.assign(np.sqrt(small + norm.epsilon))
    return model


def ann(name, **options):
    options = {
        "width": WIDTHS.get(name, 3),
        "input_shape": SHAPES.get(name, (16, 16, 3)),
        "classes": 5,
        **options,
    }
    return drawn(models.BUILDERS[name](**options))


def images(model, batch=4):
    rng = np.random.default_rng(1)
    return rng.normal(size=(batch, *model.input_shape[1:])).astype("float32")


def outputs(model, x, *names):
    tensors = [model.get_layer(name).output for name in names]
    probe = keras.Model(model.inputs, dict(zip(names, tensors, strict=True)))
    found = probe(x, training=False)
    return [ops.convert_to_numpy(found[name]) for name in names]


def same(one, other):
    scale = np.abs(other).max()
    np.testing.assert_allclose(one, other, rtol=2e-4, atol=1e-4 * scale)


@pytest.mark.numeric
@pytest.mark.parametrize("by", [2.0, pytest.param(0.7, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", SLOW)
def test_the_same_function_with_divided_activations(name, by):
    net = ann(name)
    before = [np.copy(w) for w in net.get_weights()]
    x, divided = images(net), models.rescale(net, by)
    for old, new in zip(before, net.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    taps = ["stem", "stage1", "stage2", "features"]
    *old, logits = outputs(net, x, *taps, "logits")
    *new, again = outputs(divided, x, *taps, "logits")
    same(again, logits)
    assert np.ptp(logits) > 0
    for a, b in zip(new, old, strict=True):
        same(a, b / by)


@pytest.mark.numeric
@pytest.mark.parametrize(
    "options", [{"hidden": 6}, {"hidden": 6, "hidden_norm": False}]
)
def test_hidden_heads(options):
    net = ann("ResNet8", **options)
    x = images(net)
    divided = models.rescale(net, 2.0)
    same(*(outputs(m, x, "logits")[0] for m in (divided, net)))
    hidden = [outputs(m, x, "hidden_act")[0] for m in (divided, net)]
    same(hidden[0], hidden[1] / 2)


def test_kernels_in_front_of_norms_are_left():
    net = ann("ResNet8")
    divided = models.rescale(net, 2.0)
    given = models.named_weights(net)
    for name, v in models.named_weights(divided).items():
        kept = name.endswith("conv1/kernel") or name == "stem_conv/kernel"
        ratio = 2.0 if name == "head/kernel" else 1.0
        if kept or name in ("head/kernel", "head/bias"):
            same(
                ops.convert_to_numpy(v),
                ratio * ops.convert_to_numpy(given[name]),
            )


def kinds(activation="relu"):
    """One layer of each kind, in a graph with a nested and a shared shape."""
    inputs = keras.Input((8, 8, 4))
    x = keras.layers.Rescaling(0.5, offset=-0.1)(inputs)
    x = keras.layers.Conv2D(4, 3, padding="same", activation=activation)(x)
    y = keras.layers.DepthwiseConv2D(3, padding="same", depth_multiplier=2)(x)
    y = keras.layers.ReLU(name="depthwise")(y)
    y = keras.layers.Conv2D(4, 3, padding="same", groups=2)(y)
    y = keras.layers.BatchNormalization(scale=False, center=False)(y)
    x = keras.layers.Add()([x, y])
    x = keras.layers.ReLU(name="sum")(x)
    z = keras.layers.SeparableConv2D(5, 3, padding="same", name="sep")(x)
    z = keras.layers.ReLU(name="separable")(z)
    x = keras.layers.Concatenate()([x, z])
    x = keras.layers.Conv2DTranspose(6, 2, strides=2)(x)
    x = ops.relu(x + x)
    block = keras.Sequential(
        [
            keras.layers.MaxPooling2D(),
            keras.layers.Conv2D(3, 1, activation="relu", name="inner"),
            keras.layers.BatchNormalization(name="norm"),
        ],
        name="block",
    )
    x = keras.layers.Flatten()(keras.layers.Dropout(0.1)(block(x)))
    x = keras.layers.Dense(7, activation="relu")(x)
    x = keras.layers.Dense(4, activation="softmax")(x)
    return drawn(keras.Model(inputs, x))


@pytest.mark.numeric
def test_every_kind_of_layer():
    net = kinds()
    x = images(net)
    divided = models.rescale(net, 3.0)
    same(*(ops.convert_to_numpy(m(x)) for m in (divided, net)))


@pytest.mark.numeric
@pytest.mark.parametrize("per_channel", [False, True])
@pytest.mark.parametrize(
    "name",
    [
        "ResNet8",
        pytest.param("VGG11", marks=pytest.mark.slow),
        pytest.param("PyramidNet20", marks=pytest.mark.slow),
        "kinds",
    ],
)
def test_factors_from_activations(name, per_channel):
    net = kinds() if name == "kinds" else ann(name)
    x = images(net)
    factors = models.calibrate(net, x, 0.9, per_channel, batch_size=4)
    divided = models.rescale(net, factors)
    same(*(ops.convert_to_numpy(m(x)) for m in (divided, net)))
    again = models.calibrate(divided, x, 0.9, per_channel, batch_size=4)
    for path, value in again.items():
        if path != "dense" and np.all(np.asarray(factors[path]) != 1.0):
            assert np.max(value) < 1.0 + 1e-3


@pytest.mark.numeric
def test_calibrate_is_the_quantile_of_each_activation():
    net = ann("ResNet8")
    x = images(net, 6)
    found = models.calibrate(net, x, quantile=0.8, batch_size=3)
    act = outputs(net, x, "stage1_block1_act1")[0]
    parts = [np.quantile(act[:3], 0.8), np.quantile(act[3:], 0.8)]
    np.testing.assert_allclose(
        found["stage1_block1_act1"], np.mean(parts), rtol=1e-4
    )
    # The stem's is summed with the block's, so both have the larger one.
    assert found["stem_act"] == found["stage1_block1_act2"]


def between(layer, shared=False):
    inputs = keras.Input((4,))
    x = keras.layers.Dense(4, activation="relu", name="first")(inputs)
    x = layer(x)
    return keras.Model(inputs, keras.layers.Dense(2, name="last")(x))


@pytest.mark.parametrize(
    "layer",
    [
        keras.layers.Activation("softplus", name="bad"),
        keras.layers.Dense(4, activation="sigmoid", name="bad"),
        keras.layers.ReLU(max_value=6.0, name="bad"),
        keras.layers.ReLU(threshold=0.5, name="bad"),
        keras.layers.LayerNormalization(name="bad"),
        keras.layers.Softmax(name="bad"),
        keras.layers.Rescaling(2.0, offset=1.0, name="bad"),
    ],
)
def test_what_is_not_homogeneous_is_refused_by_name(layer):
    with pytest.raises(ValueError, match="'bad'"):
        models.rescale(between(layer), 2.0)


def test_other_refusals():
    shared = keras.layers.Dense(4, activation="relu", name="bad")
    inputs = keras.Input((4,))
    twice = keras.Model(inputs, shared(shared(inputs)))
    with pytest.raises(ValueError, match="'bad', whose weights"):
        models.rescale(twice, 2.0)
    spiking = models.ResNet8(neuron=layers.LIF(), width=2, timesteps=2)
    with pytest.raises(ValueError, match="homogeneous"):
        models.rescale(spiking, 2.0)
    gate = keras.layers.Dense(4, activation="sigmoid", name="gate")
    x = keras.layers.Dense(4, activation="relu")(inputs)
    x = keras.layers.Multiply(name="times")([x, gate(x)])
    excite = keras.Model(inputs, keras.layers.Dense(2)(x))
    with pytest.raises(ValueError, match="'gate'"):
        models.rescale(excite, 2.0)
    net = ann("ResNet8")
    for by in (0, -1.0, float("nan"), True, "2", {"stem_act": 0.0}):
        with pytest.raises(ValueError, match="positive factors"):
            models.rescale(net, by)
    with pytest.raises(ValueError, match="'nothing'"):
        models.rescale(net, {"nothing": 2.0})
    with pytest.raises(ValueError, match="one factor for all"):
        models.rescale(net, {"stem_act": 2.0, "stage1_block1_act2": 3.0})
    with pytest.raises(ValueError, match="quantile"):
        models.calibrate(net, images(net), quantile=1.5)
    with pytest.raises(ValueError, match="functional"):
        models.rescale(keras.layers.Dense(2), 2.0)


@pytest.mark.numeric
@pytest.mark.parametrize("spiking", [False, True])
def test_recalibrated_statistics_are_averages_over_batches(spiking):
    options = {"neuron": layers.LIF(), "timesteps": 2} if spiking else {}
    net = ann("ResNet8", **options)
    x = images(net, 7)
    names = ("stem_bn", "stage1_block1_bn1", "stage2_block1_proj_bn")
    net.trainable = False
    before = {k: np.copy(v) for k, v in models.named_weights(net).items()}
    assert models.recalibrate(net, x, batch_size=4) is net
    assert not net.trainable and not net.get_layer("stem_bn").trainable
    after = {k: np.copy(v) for k, v in models.named_weights(net).items()}
    for k, old in before.items():
        assert "moving" in k or np.array_equal(old, after[k])
    # The first norm's input needs no other norm.
    conv = net.get_layer("stem_conv").output
    y = ops.convert_to_numpy(keras.Model(net.inputs, conv)(x))
    parts = [(y[:4], 4 / 7), (y[4:], 3 / 7)]
    for key, function in (
        ("moving_mean", np.mean),
        ("moving_variance", np.var),
    ):
        expected = sum(w * function(p, axis=(0, 1, 2)) for p, w in parts)
        np.testing.assert_allclose(
            after[f"stem_bn/{key}"], expected, rtol=1e-4, atol=1e-5
        )
    assert all(np.isfinite(after[f"{n}/moving_variance"]).all() for n in names)
    assert all(
        not np.array_equal(
            after[f"{n}/moving_mean"], before[f"{n}/moving_mean"]
        )
        for n in names
    )
    again = models.recalibrate(net, x, batch_size=4)
    for k, v in models.named_weights(again).items():
        np.testing.assert_allclose(np.copy(v), after[k], rtol=1e-4, atol=1e-6)
