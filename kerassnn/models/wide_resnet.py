"""The wide networks of SASTC: its teacher, and the student named after it."""

import keras

from kerassnn.layers.spiking_neuron import SpikingNeuron
from kerassnn.models import blocks
from kerassnn.models.body import Body
from kerassnn.models.flow import Flow


def WRN28x4(
    classes: int = 10,
    timesteps: int = 4,
    neuron: SpikingNeuron | None = None,
    input_shape: tuple[int, ...] = (32, 32, 3),
    width: int = 64,
    norm: keras.layers.Layer | None = None,
    weight_decay: float = 0.0,
    flow: Flow | None = None,
    name: str = "wrn28x4",
) -> keras.Model:
    """WRN-28-4: a pre-activation ResNet of three groups of four blocks.

    Arguments, shapes and errors are those of `ResNet19`; `width` is the
    first group's, 4 times the stem's, doubled at each of the two others.
    Taps `stage1` to `stage3` are the raw sums of the groups, before the next
    BN and activation, as SASTC taps them; `stem` stands behind the first.

    Differs from the paper: none; no dropout. Made as a teacher: the SNN
        twin exists, and no paper we follow has it.

    Reference: Zagoruyko and Komodakis, Wide Residual Networks, BMVC 2016,
        arXiv 1605.07146.
    """
    body = Body(
        classes, timesteps, neuron, input_shape, width, norm, weight_decay, flow
    )
    x = body.stem(max(width // 4, 1))
    plan = ((width, 4, 1), (2 * width, 4, 2), (4 * width, 4, 2))
    x = body.stages(x, blocks.pre_activation, plan)
    x = body.pooled(body.act(body.norm(x, "final_bn"), "final_act"))
    return body.model(x, name)


def WideBottleneck16(
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
    name: str = "wide_bottleneck16",
) -> keras.Model:
    """The SNN that SASTC's code calls WRN-16-2, which it is not.

    A post-activation ResNet of 2, 1 and 1 bottleneck blocks twice as wide
    inside as usual: 256, 512 and 1024 channels inside, 512, 1024 and 2048
    outside, behind a stem of 64.

    Arguments, shapes and errors are those of `ResNet19`; `width` is the
    stem's. `hidden=256, hidden_norm=False` gives the code's head.

    Differs from the paper: a linear head by default.

    Reference: Hong and Wang, AAAI 2025, arXiv 2501.08049 (its code).
    """
    body = Body(
        classes, timesteps, neuron, input_shape, width, norm, weight_decay, flow
    )
    plan = ((8 * width, 2, 1), (16 * width, 1, 2), (32 * width, 1, 2))
    x = body.stages(body.stem(width), blocks.bottleneck, plan)
    return body.model(body.pooled(x), name, hidden, hidden_norm)
