"""Every builder by its name."""

from kerassnn.models.membrane_resnet import MSResNet18
from kerassnn.models.membrane_resnet import MSResNet19
from kerassnn.models.membrane_resnet import PreActResNet34
from kerassnn.models.pyramidnet import PyramidNet20
from kerassnn.models.resnet import ResNet8
from kerassnn.models.resnet import ResNet18
from kerassnn.models.resnet import ResNet19
from kerassnn.models.resnet import ResNet34
from kerassnn.models.sew_resnet import SEWResNet34
from kerassnn.models.staa_networks import STAAVGG11
from kerassnn.models.staa_networks import STAAVGGSNN
from kerassnn.models.staa_networks import STAAResNet18
from kerassnn.models.staa_networks import STAAResNet19
from kerassnn.models.staa_networks import STAAResNet34
from kerassnn.models.vgg import VGG11
from kerassnn.models.vgg import VGG16
from kerassnn.models.vgg import VGGSNN
from kerassnn.models.wide_resnet import WideBottleneck16
from kerassnn.models.wide_resnet import WRN28x4

BUILDERS = {
    builder.__name__: builder
    for builder in (
        MSResNet18,
        MSResNet19,
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
        STAAVGGSNN,
        VGG11,
        VGG16,
        VGGSNN,
        WRN28x4,
        WideBottleneck16,
    )
}
