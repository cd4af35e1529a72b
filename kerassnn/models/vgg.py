"""Plain convolutional networks."""

import keras

from kerassnn.layers.spiking_neuron import SpikingNeuron
from kerassnn.models.body import LAST
from kerassnn.models.body import Body
from kerassnn.models.flow import Flow


def VGG11(
    classes: int = 10,
    timesteps: int = 4,
    neuron: SpikingNeuron | None = None,
    input_shape: tuple[int, ...] = (32, 32, 3),
    width: int = 64,
    norm: keras.layers.Layer | None = None,
    weight_decay: float = 0.0,
    flow: Flow | None = None,
    name: str = "vgg11",
) -> keras.Model:
    """VGG-11 as SASTC uses it: strides in place of pooling.

    Eight 3x3 convolutions (w, 2w, 4w, 4w, 8w, 8w, 8w, 8w; every second one
    with stride 2), then three linear layers with nothing between them.

    Arguments, shapes and errors are those of `ResNet19`; `width` is w.
    Taps `stage1` to `stage4` stand behind every second convolution.

    Differs from the paper: none; the three linear layers amount to one, as
        in its code.

    Reference: Hong and Wang, AAAI 2025, arXiv 2501.08049 (its code).
    """
    body = Body(
        classes, timesteps, neuron, input_shape, width, norm, weight_decay, flow
    )
    x = _convolutions(body, width, ((1, 2), (4, 4), (8, 8), (8, 8)), stride=2)
    for i in (1, 2):
        x = body.dense(x, 64 * width, f"hidden{i}")
    return body.model(x, name)


def VGG16(
    classes: int = 10,
    timesteps: int = 4,
    neuron: SpikingNeuron | None = None,
    input_shape: tuple[int, ...] = (32, 32, 3),
    width: int = 64,
    norm: keras.layers.Layer | None = None,
    weight_decay: float = 0.0,
    flow: Flow | None = None,
    name: str = "vgg16",
) -> keras.Model:
    """VGG-16 in its CIFAR form: five pooled stages and one linear layer.

    Thirteen 3x3 convolutions in stages of 2, 2, 3, 3 and 3 (w, 2w, 4w, 8w,
    8w channels), each stage closed by 2x2 max-pooling, which keeps spikes
    spikes.

    Arguments, shapes and errors are those of `ResNet19`; `width` is w.
    Taps `stage1` to `stage5` stand behind the poolings.

    Differs from the paper: BN behind each convolution, and one linear layer
        in place of three with dropout, as is usual for CIFAR.

    Reference: Simonyan and Zisserman, ICLR 2015, arXiv 1409.1556.
    """
    body = Body(
        classes, timesteps, neuron, input_shape, width, norm, weight_decay, flow
    )
    plan = ((1,) * 2, (2,) * 2, (4,) * 3, (8,) * 3, (8,) * 3)
    x = _convolutions(body, width, plan, pool=keras.layers.MaxPooling2D)
    return body.model(x, name)


def VGGSNN(
    classes: int = 10,
    timesteps: int = 4,
    neuron: SpikingNeuron | None = None,
    input_shape: tuple[int, ...] = (10, 48, 48, 2),
    width: int = 64,
    norm: keras.layers.Layer | None = None,
    weight_decay: float = 0.0,
    flow: Flow | None = None,
    name: str = "vggsnn",
) -> keras.Model:
    """VGGSNN of TET for event frames of 48x48 pixels in two polarities.

    Eight 3x3 convolutions (w, 2w, pool, 4w, 4w, pool, 8w, 8w, pool, 8w, 8w,
    pool) with 2x2 average pooling, then one linear layer.

    Arguments, shapes and errors are those of `ResNet19`; `width` is w.
    Taps `stage1` to `stage4` stand behind the poolings.

    Differs from the paper: none.

    Reference: Deng et al., Temporal Efficient Training, ICLR 2022,
        arXiv 2202.11946 (its code).
    """
    body = Body(
        classes, timesteps, neuron, input_shape, width, norm, weight_decay, flow
    )
    plan = ((1, 2), (4, 4), (8, 8), (8, 8))
    x = _convolutions(body, width, plan, pool=keras.layers.AveragePooling2D)
    return body.model(x, name)


def _convolutions(body, width, plan, stride=1, pool=None):
    """conv-BN-act for each of the plan's multiples of `width`, flattened.

    Each stage of the plan ends with a convolution of `stride`, or with
    `pool`, a class of pooling layers.
    """
    count = 0
    for i, stage in enumerate(plan, 1):
        for j, multiple in enumerate(stage, 1):
            count += 1
            if count == 1:
                x = body.stem(width * multiple, use_bias=True)
                continue
            step = stride if j == len(stage) else 1
            filters = width * multiple
            x = body.conv(x, filters, 3, step, f"conv{count}", use_bias=True)
            x = body.act(body.norm(x, f"bn{count}"), f"act{count}")
        if pool is not None:
            x = body.apply(pool(2, **LAST, name=f"pool{i}"), x)
        x = body.tap(x, f"stage{i}")
    x = body.apply(keras.layers.Flatten(**LAST, name="flatten"), x)
    return body.tap(x, "features")
