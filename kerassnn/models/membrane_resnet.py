"""Residual networks whose shortcuts carry membrane potentials."""

import keras

from kerassnn.layers.spiking_neuron import SpikingNeuron
from kerassnn.models import blocks
from kerassnn.models.body import Body
from kerassnn.models.flow import Flow
from kerassnn.models.resnet import doubling


def MSResNet18(
    classes: int = 10,
    timesteps: int = 4,
    neuron: SpikingNeuron | None = None,
    input_shape: tuple[int, ...] = (32, 32, 3),
    width: int = 64,
    imagenet_stem: bool = False,
    norm: keras.layers.Layer | None = None,
    weight_decay: float = 0.0,
    flow: Flow | None = None,
    name: str = "ms_resnet18",
) -> keras.Model:
    """MS-ResNet-18: potentials are summed, spikes are convolved.

    Each block is act-conv-BN twice plus the shortcut; a last activation
    stands before the pooling. The 1x1 convolutions of the shortcuts see
    potentials, not spikes, and cost multiplications.

    Arguments, shapes and errors are those of `ResNet34`. Taps `stage1` to
    `stage4` are the potentials; `stem` too, without an activation.

    Differs from the paper: the 3x3 stem at full size unless
        `imagenet_stem`, which brings a stride in the first stage in place of
        pooling; the second BN of a block starts at 1, not 0.

    Reference: Hu et al., Advancing Spiking Neural Networks Toward Deep
        Residual Learning, TNNLS 2024, arXiv 2112.08954.
    """
    body = Body(
        classes, timesteps, neuron, input_shape, width, norm, weight_decay, flow
    )
    x = body.stem(width, imagenet_stem, act=False, pool=False)
    first, *others = doubling(width, (2, 2, 2, 2))
    if imagenet_stem:
        first = (*first[:2], 2)
    x = body.stages(x, blocks.membrane, (first, *others))
    x = body.pooled(body.act(x, "final_act"))
    return body.model(x, name)


def MSResNet19(
    classes: int = 10,
    timesteps: int = 4,
    neuron: SpikingNeuron | None = None,
    input_shape: tuple[int, ...] = (32, 32, 3),
    width: int = 128,
    norm: keras.layers.Layer | None = None,
    weight_decay: float = 0.0,
    flow: Flow | None = None,
    name: str = "ms_resnet19",
) -> keras.Model:
    """The stages of ResNet-19 (3, 3 and 2) with the blocks of `MSResNet18`.

    A stem of the first stage's width, and a last activation before the
    pooling.

    Arguments, shapes and errors are those of `ResNet34`. Taps `stage1` to
    `stage3` are the potentials; `stem` too, without an activation.

    Differs from the paper: ours, no paper has it.

    Reference: Hu et al., TNNLS 2024, arXiv 2112.08954 (blocks); Zheng et
        al., AAAI 2021, arXiv 2011.05280 (stages).
    """
    body = Body(
        classes, timesteps, neuron, input_shape, width, norm, weight_decay, flow
    )
    x = body.stem(width, act=False)
    x = body.stages(x, blocks.membrane, doubling(width, (3, 3, 2)))
    x = body.pooled(body.act(x, "final_act"))
    return body.model(x, name)


def PreActResNet34(
    classes: int = 10,
    timesteps: int = 4,
    neuron: SpikingNeuron | None = None,
    input_shape: tuple[int, ...] = (32, 32, 3),
    width: int = 64,
    imagenet_stem: bool = False,
    norm: keras.layers.Layer | None = None,
    weight_decay: float = 0.0,
    flow: Flow | None = None,
    name: str = "preact_resnet34",
) -> keras.Model:
    """Pre-activation ResNet-34 as rate-based backpropagation uses it.

    Blocks as in `MSResNet18`, in stages of 3, 4, 6 and 3; the features are
    pooled potentials, with no activation before the head.

    Arguments, shapes and errors are those of `ResNet34`. Taps `stage1` to
    `stage4` are the potentials; `stem` too, without an activation.

    Differs from the paper: convolutions without the biases that BN cancels;
        the 3x3 stem unless `imagenet_stem`, whose pooling has a border of
        zeros.

    Reference: Yu et al., Rate-based Backpropagation, NeurIPS 2024,
        arXiv 2410.11488 (its code); He et al., ECCV 2016, arXiv 1603.05027.
    """
    body = Body(
        classes, timesteps, neuron, input_shape, width, norm, weight_decay, flow
    )
    x = body.stem(width, imagenet_stem, act=False)
    x = body.stages(x, blocks.membrane, doubling(width, (3, 4, 6, 3)))
    return body.model(body.pooled(x), name)
