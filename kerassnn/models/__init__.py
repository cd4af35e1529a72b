"""Builders of ANNs and SNNs from one body; `neuron=None` gives the ANN."""

from kerassnn.models.builder import Builder
from kerassnn.models.conversion import convert
from kerassnn.models.flow import Analog
from kerassnn.models.flow import Flow
from kerassnn.models.flow import Unrolled
from kerassnn.models.membrane_resnet import MSResNet18
from kerassnn.models.membrane_resnet import MSResNet19
from kerassnn.models.membrane_resnet import PreActResNet34
from kerassnn.models.networks import BUILDERS
from kerassnn.models.nir_reading import from_nir
from kerassnn.models.norm_folding import fold_norms
from kerassnn.models.pyramidnet import PyramidNet20
from kerassnn.models.rate_flow import RateBased
from kerassnn.models.recalibration import recalibrate
from kerassnn.models.rescaling import calibrate
from kerassnn.models.rescaling import rescale
from kerassnn.models.resnet import ResNet8
from kerassnn.models.resnet import ResNet18
from kerassnn.models.resnet import ResNet19
from kerassnn.models.resnet import ResNet34
from kerassnn.models.sew_resnet import SEWResNet34
from kerassnn.models.staa import STAA
from kerassnn.models.staa_networks import STAAVGG11
from kerassnn.models.staa_networks import STAAVGGSNN
from kerassnn.models.staa_networks import STAAResNet18
from kerassnn.models.staa_networks import STAAResNet19
from kerassnn.models.staa_networks import STAAResNet34
from kerassnn.models.stepwise import Stream
from kerassnn.models.stepwise import initial_states
from kerassnn.models.stepwise import streaming
from kerassnn.models.timesteps import at_timesteps
from kerassnn.models.vgg import VGG11
from kerassnn.models.vgg import VGG16
from kerassnn.models.vgg import VGGSNN
from kerassnn.models.weights import named_weights
from kerassnn.models.weights import transfer
from kerassnn.models.wide_resnet import WideBottleneck16
from kerassnn.models.wide_resnet import WRN28x4

__all__ = [
    "Analog",
    "BUILDERS",
    "Builder",
    "Flow",
    "RateBased",
    "STAA",
    "Stream",
    "Unrolled",
    "at_timesteps",
    "calibrate",
    "convert",
    "fold_norms",
    "from_nir",
    "initial_states",
    "named_weights",
    "recalibrate",
    "rescale",
    "streaming",
    "transfer",
    *BUILDERS,
]
