"""Residual networks with post-activation basic blocks."""

from collections.abc import Sequence

import keras

from kerassnn.layers.spiking_neuron import SpikingNeuron
from kerassnn.models import blocks
from kerassnn.models.body import Body
from kerassnn.models.flow import Flow


def ResNet19(
    classes: int = 10,
    timesteps: int = 4,
    neuron: SpikingNeuron | None = None,
    input_shape: tuple[int, ...] = (32, 32, 3),
    width: int = 128,
    stem_width: int | None = None,
    hidden: int | None = None,
    hidden_norm: bool = True,
    norm: keras.layers.Layer | None = None,
    weight_decay: float = 0.0,
    flow: Flow | None = None,
    name: str = "resnet19",
) -> keras.Model:
    """ResNet-19 of the SNN literature: stages of 3, 3 and 2 basic blocks.

    Two layouts carry the name. The tdBN lineage has a stem as wide as the
    first stage (the default); that of TET and SASTC half as wide:
    `stem_width=64`, with `hidden=256, hidden_norm=False` for its head
    512-256-neuron-classes.

    Args:
        classes: Int. Defaults to `10`.
        timesteps: Int, T. Ignored by the ANN and for event frames. Defaults
            to `4`.
        neuron: `SpikingNeuron` for the SNN, `None` for the ANN (ReLU).
        input_shape: (H, W, C), or (T, H, W, C) for event frames.
        width: Int, channels of the first stage; the others have 2 and 4
            times as many. Defaults to `128`.
        stem_width: Int, channels of the stem. Defaults to `width`.
        hidden: Int, units of a hidden layer in the head, or `None`.
        hidden_norm: Bool, whether BN stands before the hidden neurons.
        norm: Prototype such as `TDBN()`; `None` means merged BN.
        weight_decay: Float, L2 on all kernels as in PyTorch's SGD.
        flow: `Flow` in place of `neuron` and `norm`.
        name: String.

    Input shape:  (B, H, W, C) or (B, T, H, W, C).
    Output shape: (B, classes), logits (mean over T).

    Taps: `stem`, `stage1`, `stage2`, `stage3`, `features`, `logits_t` (SNN
        only), `logits`.

    Raises:
        ValueError: if a size is not positive or the shape has another rank.

    Differs from the paper: none in the layout. With BN before the hidden
        neurons unless `hidden_norm=False`: without it they are silent at the
        start.

    Reference: Zheng et al., AAAI 2021, arXiv 2011.05280; Deng et al., ICLR
        2022, arXiv 2202.11946.
    """
    body = Body(
        classes, timesteps, neuron, input_shape, width, norm, weight_decay, flow
    )
    x = body.stem(width if stem_width is None else stem_width)
    plan = doubling(width, (3, 3, 2))
    x = body.pooled(body.stages(x, blocks.basic, plan))
    return body.model(x, name, hidden, hidden_norm)


def ResNet18(
    classes: int = 10,
    timesteps: int = 4,
    neuron: SpikingNeuron | None = None,
    input_shape: tuple[int, ...] = (32, 32, 3),
    width: int = 64,
    hidden: int | None = None,
    hidden_norm: bool = True,
    norm: keras.layers.Layer | None = None,
    weight_decay: float = 0.0,
    flow: Flow | None = None,
    name: str = "resnet18",
) -> keras.Model:
    """ResNet-18 with the 3x3 stem used for CIFAR: four stages of 2 blocks.

    Arguments, shapes and errors are those of `ResNet19`; `width` is the
    stem's and the first stage's, doubled at each of the three others. Taps
    `stage1` to `stage4`.

    Differs from the paper: none; the layout is that of the SNN papers' code,
        without max-pooling behind the stem.

    Reference: He et al., CVPR 2016, arXiv 1512.03385.
    """
    body = Body(
        classes, timesteps, neuron, input_shape, width, norm, weight_decay, flow
    )
    plan = doubling(width, (2, 2, 2, 2))
    x = body.pooled(body.stages(body.stem(width), blocks.basic, plan))
    return body.model(x, name, hidden, hidden_norm)


def ResNet34(
    classes: int = 10,
    timesteps: int = 4,
    neuron: SpikingNeuron | None = None,
    input_shape: tuple[int, ...] = (32, 32, 3),
    width: int = 64,
    imagenet_stem: bool = False,
    norm: keras.layers.Layer | None = None,
    weight_decay: float = 0.0,
    flow: Flow | None = None,
    name: str = "resnet34",
) -> keras.Model:
    """ResNet-34: four stages of 3, 4, 6 and 3 basic blocks.

    Arguments, shapes and errors are those of `ResNet19`; `width` is the
    stem's and the first stage's, doubled at each of the three others. Taps
    `stage1` to `stage4`.

    Args:
        imagenet_stem: Bool. 7x7 convolution at stride 2 and 3x3 max-pooling
            for images of 224x224 pixels, in place of the 3x3 convolution of
            the CIFAR form. Defaults to `False`.

    Differs from the paper: none.

    Reference: He et al., CVPR 2016, arXiv 1512.03385.
    """
    body = Body(
        classes, timesteps, neuron, input_shape, width, norm, weight_decay, flow
    )
    x = body.stem(width, imagenet_stem)
    x = body.stages(x, blocks.basic, doubling(width, (3, 4, 6, 3)))
    return body.model(body.pooled(x), name)


def ResNet8(
    classes: int = 10,
    timesteps: int = 4,
    neuron: SpikingNeuron | None = None,
    input_shape: tuple[int, ...] = (8, 8, 1),
    width: int = 16,
    hidden: int | None = None,
    hidden_norm: bool = True,
    norm: keras.layers.Layer | None = None,
    weight_decay: float = 0.0,
    flow: Flow | None = None,
    name: str = "resnet8",
) -> keras.Model:
    """ResNet-8, a small net for digits and tests: three stages of 1 block.

    Arguments, shapes and errors are those of `ResNet19`; `width` is the
    stem's and the first stage's, doubled at each of the two others.

    Differs from the paper: ours, with the blocks of `ResNet19`.

    Reference: He et al., CVPR 2016, arXiv 1512.03385.
    """
    body = Body(
        classes, timesteps, neuron, input_shape, width, norm, weight_decay, flow
    )
    plan = doubling(width, (1, 1, 1))
    x = body.pooled(body.stages(body.stem(width), blocks.basic, plan))
    return body.model(x, name, hidden, hidden_norm)


def doubling(width: int, depths: Sequence[int]) -> list[tuple[int, int, int]]:
    """Plan of stages, each twice as wide as the one before at half the size."""
    return tuple(
        (width * 2**i, depth, 1 if i == 0 else 2)
        for i, depth in enumerate(depths)
    )
