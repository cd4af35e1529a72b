"""STAA-SNN: attention in space and over time around every neuron."""

from kerassnn.layers.adaptive_lif import AdaptiveLIF
from kerassnn.layers.global_context import GlobalContext
from kerassnn.layers.position_encoding import PositionEncoding
from kerassnn.layers.step_attention import StepAttention
from kerassnn.layers.tsrd import TSRD
from kerassnn.models.flow import Flow
from kerassnn.models.flow import Unrolled
from kerassnn.models.resnet import ResNet18
from kerassnn.models.resnet import ResNet19
from kerassnn.models.resnet import ResNet34
from kerassnn.models.vgg import VGG11


class STAA(Flow):
    """An unrolled network with STAA's modules around its neurons.

    Currents pass a position encoding and a global context before the neuron,
    its spikes a step attention behind it. In training both are skipped at
    random timesteps.

    Args:
        neuron: `SpikingNeuron`. Defaults to `AdaptiveLIF()`.
        norm: As in `Unrolled`.
        ratio: Int, compression of the global context. Defaults to `4`.
        drop: Float, probability of a skip. Defaults to `0.1`.
    """

    def __init__(self, neuron=None, norm=None, ratio=4, drop=0.1):
        if neuron is None:
            neuron = AdaptiveLIF()
        self.unrolled = Unrolled(neuron, norm)
        self.ratio = ratio
        self.drop = drop

    def stem(self, x, conv, timesteps, name):
        return self.unrolled.stem(x, conv, timesteps, name)

    def fold(self, layer, x):
        return self.unrolled.fold(layer, x)

    def norm(self, x, name):
        return self.unrolled.norm(x, name)

    def activate(self, x, name):
        y = PositionEncoding(name=f"{name}_position")(x)
        y = GlobalContext(self.ratio, name=f"{name}_context")(y)
        x = TSRD(self.drop, name=f"{name}_context_drop")([x, y])
        x = self.unrolled.activate(x, name)
        y = StepAttention(name=f"{name}_steps")(x)
        return TSRD(self.drop, name=f"{name}_steps_drop")([x, y])

    def readout(self, x):
        return self.unrolled.readout(x)


def STAAResNet19(
    classes=10,
    timesteps=4,
    neuron=None,
    input_shape=(32, 32, 3),
    width=128,
    stem_width=None,
    norm=None,
    weight_decay=0.0,
    ratio=4,
    drop=0.1,
    name="staa_resnet19",
):
    """ResNet-19 with STAA's attention around every neuron.

    Shapes, taps and the arguments not listed are those of `ResNet19`; the
    body's weights have the same names, so `transfer` fills them from it. The
    position encodings and step attentions bind a model to its T.

    Args:
        neuron: `SpikingNeuron`; `None` means `AdaptiveLIF()`, not an ANN:
            `ResNet19` is its twin.
        ratio: Int, compression of the global context. Defaults to `4`.
        drop: Float, probability with which training skips the attention at
            a timestep. Defaults to `0.1`.

    Raises:
        ValueError: as `ResNet19`; if `ratio` or `drop` is out of its range.

    Differs from the paper: its text names the modules and the order; their
        inner shapes, the two separate draws of a skip (before and behind
        the neuron) and the neuron's constants are ours. See the layers. Its
        surrogate is the rectangle of width 1, with which gradients explode
        here; ours is the triangle.

    Reference: Zhang et al., STAA-SNN: Spatial-Temporal Attention Aggregator
        for Spiking Neural Networks, CVPR 2025, arXiv 2503.02689.
    """
    return ResNet19(
        classes,
        timesteps,
        input_shape=input_shape,
        width=width,
        stem_width=stem_width,
        weight_decay=weight_decay,
        flow=STAA(neuron, norm, ratio, drop),
        name=name,
    )


def STAAResNet18(
    classes=10,
    timesteps=4,
    neuron=None,
    input_shape=(32, 32, 3),
    width=64,
    norm=None,
    weight_decay=0.0,
    ratio=4,
    drop=0.1,
    name="staa_resnet18",
):
    """`ResNet18` with STAA's attention; all else as in `STAAResNet19`.

    Differs from the paper: as `STAAResNet19`; the paper's tables have no
        ResNet-18 that we know of.

    Reference: Zhang et al., STAA-SNN, CVPR 2025, arXiv 2503.02689.
    """
    return ResNet18(
        classes,
        timesteps,
        input_shape=input_shape,
        width=width,
        weight_decay=weight_decay,
        flow=STAA(neuron, norm, ratio, drop),
        name=name,
    )


def STAAResNet34(
    classes=10,
    timesteps=4,
    neuron=None,
    input_shape=(32, 32, 3),
    width=64,
    imagenet_stem=False,
    norm=None,
    weight_decay=0.0,
    ratio=4,
    drop=0.1,
    name="staa_resnet34",
):
    """`ResNet34` with STAA's attention; all else as in `STAAResNet19`.

    Differs from the paper: as `STAAResNet19`; the 3x3 stem unless
        `imagenet_stem`.

    Reference: Zhang et al., STAA-SNN, CVPR 2025, arXiv 2503.02689.
    """
    return ResNet34(
        classes,
        timesteps,
        input_shape=input_shape,
        width=width,
        imagenet_stem=imagenet_stem,
        weight_decay=weight_decay,
        flow=STAA(neuron, norm, ratio, drop),
        name=name,
    )


def STAAVGG11(
    classes=10,
    timesteps=4,
    neuron=None,
    input_shape=(32, 32, 3),
    width=64,
    norm=None,
    weight_decay=0.0,
    ratio=4,
    drop=0.1,
    name="staa_vgg11",
):
    """`VGG11` with STAA's attention; all else as in `STAAResNet19`.

    Differs from the paper: as `STAAResNet19`; the layout is SASTC's VGG-11.

    Reference: Zhang et al., STAA-SNN, CVPR 2025, arXiv 2503.02689.
    """
    return VGG11(
        classes,
        timesteps,
        input_shape=input_shape,
        width=width,
        weight_decay=weight_decay,
        flow=STAA(neuron, norm, ratio, drop),
        name=name,
    )
