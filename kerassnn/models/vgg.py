"""Plain convolutional networks."""

import keras

from kerassnn.models import blocks
from kerassnn.models.flow import choose


def VGG11(
    classes=10,
    timesteps=4,
    neuron=None,
    input_shape=(32, 32, 3),
    width=64,
    norm=None,
    weight_decay=0.0,
    flow=None,
    name="vgg11",
):
    """VGG-11 as SASTC uses it: strides in place of pooling.

    Eight 3x3 convolutions (w, 2w, 4w, 4w, 8w, 8w, 8w, 8w; every second one
    with stride 2), then three linear layers with nothing between them.

    Arguments, shapes and errors are those of `ResNet19`; `width` is w.
    Taps `stage1` to `stage4` stand behind every second convolution.

    Differs from the paper: none; the three linear layers amount to one, as
        in its code.

    Reference: Hong and Wang, AAAI 2025, arXiv 2501.08049 (its code).
    """
    sizes = (1, 2, 4, 4, 8, 8, 8, 8)
    plan = [(width * m, 2 if i % 2 else 1) for i, m in enumerate(sizes)]
    hidden = (64 * width, 64 * width)
    return _vgg(plan, False, hidden, **_rest(locals()))


def VGGSNN(
    classes=10,
    timesteps=4,
    neuron=None,
    input_shape=(10, 48, 48, 2),
    width=64,
    norm=None,
    weight_decay=0.0,
    flow=None,
    name="vggsnn",
):
    """VGGSNN of TET for event frames of 48x48 pixels in two polarities.

    Eight 3x3 convolutions (w, 2w, pool, 4w, 4w, pool, 8w, 8w, pool, 8w, 8w,
    pool) with 2x2 average pooling, then one linear layer.

    Arguments, shapes and errors are those of `ResNet19`; `width` is w.
    Taps `stage1` to `stage4` stand behind the poolings.

    Differs from the paper: none.

    Reference: Deng et al., Temporal Efficient Training, ICLR 2022,
        arXiv 2202.11946 (its code).
    """
    sizes = (1, 2, 4, 4, 8, 8, 8, 8)
    plan = [(width * m, 1) for m in sizes]
    return _vgg(plan, True, (), **_rest(locals()))


def _rest(arguments):
    """A builder's arguments without the locals it works with."""
    return {
        k: v
        for k, v in arguments.items()
        if k not in ("sizes", "plan", "hidden")
    }


def _vgg(
    plan,
    pooled,
    hidden,
    classes,
    timesteps,
    neuron,
    input_shape,
    width,
    norm,
    weight_decay,
    flow,
    name,
):
    blocks.check_arguments(classes, timesteps, input_shape, width)
    flow = choose(neuron, norm, flow)
    inputs = x = flow.inputs(input_shape)
    decay = {"weight_decay": weight_decay, "use_bias": True}
    for i, (filters, stride) in enumerate(plan, 1):
        if i == 1:
            first = blocks.conv(filters, 3, stride, "stem_conv", **decay)
            x = flow.stem(x, first, timesteps, "stem")
            x = flow.tap(flow.activate(x, "stem_act"), "stem")
            continue
        x = blocks.convolve(flow, x, filters, 3, stride, f"conv{i}", **decay)
        x = flow.activate(flow.norm(x, f"bn{i}"), f"act{i}")
        if i % 2 == 0:
            if pooled:
                pool = keras.layers.AveragePooling2D(2, name=f"pool{i // 2}")
                x = flow.fold(pool, x)
            x = flow.tap(x, f"stage{i // 2}")
    x = flow.fold(keras.layers.Flatten(name="flatten"), x)
    x = flow.tap(x, "features")
    for i, units in enumerate(hidden, 1):
        x = flow.fold(blocks.dense(units, f"hidden{i}", weight_decay), x)
    outputs = blocks.linear_head(flow, x, classes, None, True, weight_decay)
    return keras.Model(inputs, outputs, name=name)
