"""What every builder promises, on narrow nets and small images."""

import functools
import re

import keras
import numpy as np
import pytest
from keras import ops

from kerassnn import analysis
from kerassnn import distillation
from kerassnn import layers
from kerassnn import models

# Widths, and the shapes that differ from 16x16 pixels in three channels.
WIDTHS = {"WRN28x4": 8, "PyramidNet20": 2, "WideBottleneck16": 1}
SHAPES = {"ResNet8": (8, 8, 1), "VGG16": (32, 32, 3), "VGGSNN": (2, 16, 16, 2)}
EVENTS = {"VGGSNN"}
STAGES = {"ResNet8": 3, "ResNet19": 3, "WRN28x4": 3, "PyramidNet20": 3}
STAGES |= {"MSResNet19": 3, "WideBottleneck16": 3, "VGG16": 5}
NAMES = [name for name in models.BUILDERS if not name.startswith("STAA")]
DEEP = {"PreActResNet34", "PyramidNet20", "ResNet34", "SEWResNet34"}
DEEP |= {"WRN28x4", "WideBottleneck16"}
SHALLOW_FIRST = [
    pytest.param(name, marks=pytest.mark.slow if name in DEEP else ())
    for name in NAMES
]


def make(name, neuron=None, timesteps=2, **options):
    options = {
        "width": WIDTHS.get(name, 3),
        "input_shape": SHAPES.get(name, (16, 16, 3)),
        **options,
    }
    return models.BUILDERS[name](
        neuron=neuron, timesteps=timesteps, classes=7, **options
    )


@functools.cache
def built(name, spiking):
    """A model that the tests share and leave as it is."""
    model = make(name, layers.LIF() if spiking else None)
    rng = np.random.default_rng(0)
    # Off the initial values, and far enough for deep neurons to fire.
    for weight in model.weights:
        low, high = (2.0, 4.0) if weight.name == "gamma" else (0.8, 1.2)
        spread = rng.uniform(low, high, weight.shape)
        weight.assign(weight * spread.astype("float32"))
    return model


def images(model, batch=2):
    rng = np.random.default_rng(1)
    shape = (batch, *model.input_shape[1:])
    return rng.normal(size=shape).astype("float32")


def close(actual, expected):
    np.testing.assert_allclose(
        ops.convert_to_numpy(actual),
        ops.convert_to_numpy(expected),
        rtol=1e-4,
        atol=1e-5,
    )


def weight_shapes(model):
    return {k: tuple(v.shape) for k, v in models.named_weights(model).items()}


@pytest.mark.parametrize("name", SHALLOW_FIRST)
def test_twins_have_the_same_weights(name):
    ann, snn = built(name, False), built(name, True)
    assert weight_shapes(ann) == weight_shapes(snn)
    assert len(weight_shapes(snn)) == len(snn.weights)


@pytest.mark.parametrize("name", SHALLOW_FIRST)
def test_taps(name):
    ann, snn = built(name, False), built(name, True)
    stages = [f"stage{i}" for i in range(1, STAGES.get(name, 4) + 1)]
    for tap in ("stem", *stages, "features", "logits"):
        analog = ann.get_layer(tap).output.shape
        spiking = snn.get_layer(tap).output.shape
        time = () if tap == "logits" else (2,)
        assert tuple(spiking) == (None, *time, *analog[1:]), tap
    found = [x.name for x in ann.layers if re.match("stage[0-9]+$", x.name)]
    assert found == stages
    assert snn.get_layer("logits_t").output.shape == (None, 2, 7)
    assert ann.output_shape == snn.output_shape == (None, 7)


@pytest.mark.parametrize("name", SHALLOW_FIRST)
def test_suffix_of_prefix_is_the_net_at_any_batch_size(name):
    net = built(name, True)
    tap = net.get_layer("stage2")
    prefix = keras.Model(net.input, tap.output)
    suffix = keras.Model(tap.output, net.output)
    for batch in (1, 3):
        x = images(net, batch)
        whole = net(x)
        assert whole.shape == (batch, 7)
        assert np.ptp(ops.convert_to_numpy(whole)) > 0
        close(suffix(prefix(x)), whole)


@pytest.mark.parametrize("name", SHALLOW_FIRST)
def test_the_stem_runs_once_for_a_static_image(name):
    net = built(name, True)
    for layer in ("stem_conv", "stem_bn"):
        rank = 5 if name in EVENTS else 4
        assert len(net.get_layer(layer).output.shape) == rank
    encoders = [x for x in net.layers if isinstance(x, layers.DirectEncode)]
    assert len(encoders) == (name not in EVENTS)


@pytest.mark.parametrize("name", SHALLOW_FIRST)
def test_width_scales_every_layer_but_the_ends(name):
    narrow = built(name, False)
    wide = make(name, width=2 * WIDTHS.get(name, 3))
    for tap in ("stem", "stage1", "stage2", "features"):
        thin = narrow.get_layer(tap).output.shape[-1]
        # PyramidNet rounds its widths.
        assert abs(wide.get_layer(tap).output.shape[-1] - 2 * thin) <= 1, tap


@pytest.mark.parametrize("name", ["ResNet8", "PyramidNet20", "VGG11"])
def test_event_frames(name):
    shape = (3, *SHAPES.get(name, (16, 16, 3)))
    net = make(name, layers.LIF(), input_shape=shape)
    assert net.get_layer("stage1").output.shape[1] == 3
    assert make(name, input_shape=shape).output_shape == (None, 7)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        "ResNet8",
        pytest.param("PyramidNet20", marks=pytest.mark.slow),
        pytest.param("WRN28x4", marks=pytest.mark.slow),
    ],
)
def test_the_same_weights_at_another_t(name):
    net = built(name, True)
    longer = models.at_timesteps(net, 3)
    again = make(name, layers.LIF(), timesteps=3)
    assert models.transfer(net, again) == []
    close(longer(images(net)), again(images(net)))
    for model, steps in ((longer, 3), (net, 2)):
        for tap in ("stem", "stage1", "logits_t"):
            assert model.get_layer(tap).output.shape[1] == steps
    rates = analysis.firing_rates(longer, images(net))
    assert rates == analysis.firing_rates(again, images(net))
    assert analysis.energy(longer, images(net)) == analysis.energy(
        again, images(net)
    )


def test_models_within_models_at_another_t():
    net = built("ResNet8", True)
    inputs = keras.Input((8, 8, 1))
    nested = keras.Model(inputs, net(keras.layers.Rescaling(0.5)(inputs)))
    rescaling = keras.layers.Rescaling(0.5)
    sequential = keras.Sequential([inputs, rescaling, net])
    x = images(net)
    expected = models.at_timesteps(net, 3)(0.5 * x)
    for model in (nested, sequential):
        longer = models.at_timesteps(model, 3)
        close(longer(x), expected)
        inner = longer.layers[-1]
        assert inner.get_layer("stage1").output.shape[1] == 3


@pytest.mark.slow
def test_a_distiller_takes_a_model_at_another_t():
    net = models.at_timesteps(make("ResNet8", layers.LIF()), 3)
    distiller = distillation.LogitsKD(net, make("ResNet8"))
    distiller.compile(
        "sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    )
    distiller.fit(images(net), np.arange(2), verbose=0)
    assert np.isfinite(ops.convert_to_numpy(net(images(net)))).all()


def test_another_t_needs_an_encoder():
    for net in (built("ResNet8", False), built("VGGSNN", True)):
        with pytest.raises(ValueError, match="SNN for static input"):
            models.at_timesteps(net, 3)


@pytest.mark.parametrize(
    "name",
    [
        "ResNet8",
        "VGGSNN",
        pytest.param("PyramidNet20", marks=pytest.mark.slow),
        pytest.param("WideBottleneck16", marks=pytest.mark.slow),
    ],
)
def test_saved_and_loaded(name, tmp_path):
    net = built(name, True)
    path = str(tmp_path / "net.keras")
    net.save(path)
    close(keras.saving.load_model(path)(images(net)), net(images(net)))


@pytest.mark.parametrize("name", ["ResNet8", "VGG16", "MSResNet18"])
def test_mixed_precision(name):
    keras.config.set_dtype_policy("mixed_bfloat16")
    net = make(name, layers.LIF())
    assert net.get_layer("stage1").output.dtype == "bfloat16"
    assert net.output.dtype == "float32"
    assert np.all(np.isfinite(ops.convert_to_numpy(net(images(net)))))


@pytest.mark.parametrize("norm", [layers.TDBN(), layers.TEBN()])
def test_other_norms_share_the_names(norm):
    net = make("ResNet8", layers.LIF(), norm=norm)
    given, own = built("ResNet8", False), weight_shapes(net)
    assert weight_shapes(given).items() <= own.items()


def test_weight_decay_is_that_of_pytorch_on_kernels_alone():
    net = make("ResNet8", weight_decay=0.1)
    kernels = [v for v in net.trainable_variables if v.name == "kernel"]
    expected = sum(0.05 * np.sum(ops.convert_to_numpy(k) ** 2) for k in kernels)
    close(sum(net.losses), expected)


def test_strides_pad_all_sides_alike():
    """A stride-2 net sees the same of an image and of its mirror image."""
    net = make("ResNet8", input_shape=(9, 9, 1))
    for v in net.weights:
        if v.name == "kernel" and len(v.shape) == 4:
            kernel = ops.convert_to_numpy(v)
            v.assign(kernel + kernel[::-1, ::-1])
    x = images(net)
    close(net(x), net(x[:, ::-1, ::-1]))


def test_imagenet_stem():
    for name, size in {"ResNet34": 16, "MSResNet18": 32}.items():
        net = make(name, input_shape=(64, 64, 3), imagenet_stem=True)
        assert net.get_layer("stem").output.shape[1] == size
        assert net.get_layer("stage1").output.shape[1] == 16
        assert net.get_layer("stage4").output.shape[1] == 2


@pytest.mark.parametrize(
    "options, message",
    [
        ({"width": 0}, "`width` must be a positive integer"),
        ({"width": True}, "`width` must be a positive integer"),
        ({"classes": 2.5}, "`classes` must be a positive integer"),
        ({"classes": float("nan")}, "`classes` must be a positive integer"),
        ({"timesteps": True}, "expected `timesteps` to be a positive integer"),
        ({"weight_decay": float("inf")}, "`weight_decay` must be a number"),
        ({"weight_decay": float("nan")}, "`weight_decay` must be a number"),
        ({"weight_decay": -0.1}, "`weight_decay` must be a number"),
        ({"weight_decay": True}, "`weight_decay` must be a number"),
        ({"norm": "tdbn"}, "`norm` must be a layer"),
        ({"flow": "staa"}, "`flow` must be a kerassnn.models flow"),
        ({"input_shape": (8, 8.5, 1)}, "`input_shape` must be"),
        ({"input_shape": 8}, "`input_shape` must be"),
        ({"name": "a/b"}, "name"),
        ({"timesteps": 0}, "expected `timesteps` to be a positive integer"),
        ({"input_shape": (8, 8)}, "`input_shape` must be"),
        ({"input_shape": (None, 8, 1)}, "`input_shape` must be"),
        ({"neuron": "lif"}, "must be a kerassnn.layers neuron"),
    ],
)
@pytest.mark.parametrize("name", ["ResNet8", "VGG11", "PyramidNet20"])
def test_bad_arguments(name, options, message):
    with pytest.raises(ValueError, match=message):
        models.BUILDERS[name](**options)


def test_transfer_names_what_it_leaves():
    source, target = make("ResNet8"), make("ResNet8", width=3)
    other = models.ResNet8(width=3, classes=5)
    assert models.transfer(source, target) == []
    assert models.transfer(source, other) == ["head/kernel", "head/bias"]


@pytest.mark.parametrize(
    "name",
    [
        name
        if name in ("ResNet8", "VGG11", "VGGSNN")
        else pytest.param(name, marks=pytest.mark.slow)
        for name in NAMES
    ],
)
def test_networks_are_channels_last_whatever_the_configuration(name):
    net = built(name, True)
    keras.config.set_image_data_format("channels_first")
    try:
        again = make(name, layers.LIF())
        assert weight_shapes(again) == weight_shapes(net)
        models.transfer(net, again)
        close(again(images(net)), net(images(net)))
    finally:
        keras.config.set_image_data_format("channels_last")


def test_transfer_looks_into_models():
    net, other = make("ResNet8"), make("ResNet8")
    inputs = keras.Input((8, 8, 1))
    nested = keras.Model(inputs, net(keras.layers.Rescaling(0.5)(inputs)))
    assert weight_shapes(nested) == weight_shapes(net)
    assert models.transfer(nested, other, may_differ=()) == []
    close(other(images(net)), net(images(net)))


def test_weights_with_equal_names_keep_the_models_name():
    inputs = keras.Input((8, 8, 1))
    first, second = (models.ResNet8(width=2, name=name) for name in "ab")
    both = keras.Model(inputs, [first(inputs), second(inputs)])
    named = models.named_weights(both)
    assert len(named) == len(both.weights)
    assert "a/head/kernel" in named and "b/head/kernel" in named


def test_a_weight_without_a_layer_is_an_error():
    class Free(keras.Model):
        def build(self, input_shape):
            self.w = self.add_weight(shape=(2,), name="w")

        def call(self, x):
            return x * self.w

    model = Free()
    model(np.ones((1, 2)))
    with pytest.raises(ValueError, match="in one of its layers"):
        models.named_weights(model)


def test_every_residual_and_plain_body_takes_staa():
    for builder in (models.ResNet8, models.VGG11):
        net = builder(
            flow=models.STAA(), width=2, timesteps=2, input_shape=(16, 16, 3)
        )
        assert any(isinstance(x, layers.StepAttention) for x in net.layers)
    hidden = models.ResNet8(flow=models.STAA(), width=2, hidden=3, timesteps=2)
    assert hidden.output_shape == (None, 10)
    for options in ({"ratio": 0}, {"drop": 1.0}, {"drop": float("nan")}):
        with pytest.raises(ValueError, match=next(iter(options))):
            models.STAA(**options)
