"""Builders of ANNs and SNNs from one body; `neuron=None` gives the ANN."""

from kerassnn.models.flow import Analog
from kerassnn.models.flow import Flow
from kerassnn.models.flow import Unrolled
from kerassnn.models.rate_flow import RateBased
from kerassnn.models.resnet import ResNet8
from kerassnn.models.resnet import ResNet18
from kerassnn.models.resnet import ResNet19
from kerassnn.models.vgg import VGG11
from kerassnn.models.vgg import VGGSNN
from kerassnn.models.weights import at_timesteps
from kerassnn.models.weights import named_weights
from kerassnn.models.weights import transfer

BUILDERS = {f.__name__: f for f in (ResNet8, ResNet18, ResNet19, VGG11, VGGSNN)}

__all__ = [
    "Analog",
    "BUILDERS",
    "Flow",
    "RateBased",
    "Unrolled",
    "at_timesteps",
    "named_weights",
    "transfer",
    *BUILDERS,
]
