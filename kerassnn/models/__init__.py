"""Builders of ANNs and SNNs from one body; `neuron=None` gives the ANN.

The STAA builders have no ANN: without a `neuron` they bring their own.
"""

from kerassnn.layers.timesteps import at_timesteps
from kerassnn.models.flow import Analog
from kerassnn.models.flow import Flow
from kerassnn.models.flow import Unrolled
from kerassnn.models.folding import fold_norms
from kerassnn.models.membrane_resnet import MSResNet18
from kerassnn.models.membrane_resnet import PreActResNet34
from kerassnn.models.pyramidnet import PyramidNet20
from kerassnn.models.rate_flow import RateBased
from kerassnn.models.resnet import ResNet8
from kerassnn.models.resnet import ResNet18
from kerassnn.models.resnet import ResNet19
from kerassnn.models.resnet import ResNet34
from kerassnn.models.sew_resnet import SEWResNet34
from kerassnn.models.staa import STAA
from kerassnn.models.staa import STAAVGG11
from kerassnn.models.staa import STAAResNet18
from kerassnn.models.staa import STAAResNet19
from kerassnn.models.staa import STAAResNet34
from kerassnn.models.vgg import VGG11
from kerassnn.models.vgg import VGG16
from kerassnn.models.vgg import VGGSNN
from kerassnn.models.weights import named_weights
from kerassnn.models.weights import transfer
from kerassnn.models.wide_resnet import WideBottleneck16
from kerassnn.models.wide_resnet import WRN28x4

BUILDERS = {
    builder.__name__: builder
    for builder in (
        MSResNet18,
        PreActResNet34,
        PyramidNet20,
        ResNet8,
        ResNet18,
        ResNet19,
        ResNet34,
        SEWResNet34,
        STAAResNet18,
        STAAResNet19,
        STAAResNet34,
        STAAVGG11,
        VGG11,
        VGG16,
        VGGSNN,
        WRN28x4,
        WideBottleneck16,
    )
}

__all__ = [
    "Analog",
    "BUILDERS",
    "Flow",
    "RateBased",
    "STAA",
    "Unrolled",
    "at_timesteps",
    "fold_norms",
    "named_weights",
    "transfer",
    *BUILDERS,
]
