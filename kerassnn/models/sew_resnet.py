import keras

from kerassnn.layers.spiking_neuron import SpikingNeuron
from kerassnn.models import blocks
from kerassnn.models.body import Body
from kerassnn.models.flow import Flow
from kerassnn.models.resnet import doubling


def SEWResNet34(
    classes: int = 10,
    timesteps: int = 4,
    neuron: SpikingNeuron | None = None,
    input_shape: tuple[int, ...] = (32, 32, 3),
    width: int = 64,
    imagenet_stem: bool = False,
    norm: keras.layers.Layer | None = None,
    weight_decay: float = 0.0,
    flow: Flow | None = None,
    name: str = "sew_resnet34",
) -> keras.Model:
    """Spike-element-wise ResNet-34, whose shortcuts add spikes (g = ADD).

    The neurons stand before the sum, so what blocks pass on are counts of
    spikes, 0, 1, 2, ...: a convolution fed with them accumulates more than
    once for an input, and energy estimates for binary spikes do not hold.

    Arguments, shapes and errors are those of `ResNet34`. Taps `stage1` to
    `stage4` are the sums.

    Differs from the paper: the 3x3 stem unless `imagenet_stem`. The ANN
        twin, a ResNet-34 with ReLU before each sum, is ours.

    Reference: Fang et al., Deep Residual Learning in Spiking Neural
        Networks, NeurIPS 2021, arXiv 2102.04159.
    """
    body = Body(
        classes, timesteps, neuron, input_shape, width, norm, weight_decay, flow
    )
    x = body.stem(width, imagenet_stem)
    plan = doubling(width, (3, 4, 6, 3))
    x = body.pooled(body.stages(x, blocks.spike_element_wise, plan))
    return body.model(x, name)
