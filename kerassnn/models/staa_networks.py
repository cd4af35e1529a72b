"""`STAA` networks under the names that older cards use."""

import inspect

import keras

from kerassnn.models.resnet import ResNet18
from kerassnn.models.resnet import ResNet19
from kerassnn.models.resnet import ResNet34
from kerassnn.models.staa import STAA
from kerassnn.models.vgg import VGG11
from kerassnn.models.vgg import VGGSNN

OF_FLOW = tuple(inspect.signature(STAA).parameters)


def _alias(builder, name):
    """`builder` that takes the arguments of `STAA` in place of `flow`.

    `norm` and `neuron` are those of the flow; `neuron=None` means its
    `AdaptiveLIF()`, not an ANN.
    """
    title = f"STAA{builder.__name__}"
    known = dict(inspect.signature(builder).parameters)
    del known["flow"]
    known["name"] = known["name"].replace(default=name)
    own = inspect.signature(STAA).parameters
    known |= {k: v for k, v in own.items() if k not in known}
    order = [*known.values()]
    order.sort(key=lambda parameter: parameter.name == "name")
    signature = inspect.Signature(order, return_annotation=keras.Model)

    def build(*args, **kwargs):
        given = {"name": name, **signature.bind(*args, **kwargs).arguments}
        of_flow = {k: given.pop(k) for k in OF_FLOW if k in given}
        return builder(flow=STAA(**of_flow), **given)

    build.__name__ = build.__qualname__ = title
    build.__signature__ = signature
    build.__doc__ = (
        f"The same as `{builder.__name__}(flow=STAA(...))`.\n\n"
        "    Differs from the paper: see `STAA`.\n\n"
        "    Reference: Zhang et al., STAA-SNN, CVPR 2025, arXiv 2503.02689.\n"
    )
    return build


STAAResNet18 = _alias(ResNet18, "staa_resnet18")
STAAResNet19 = _alias(ResNet19, "staa_resnet19")
STAAResNet34 = _alias(ResNet34, "staa_resnet34")
STAAVGG11 = _alias(VGG11, "staa_vgg11")
STAAVGGSNN = _alias(VGGSNN, "staa_vggsnn")
