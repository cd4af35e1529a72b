"""Parameter counts, worked out from the published layouts.

The sums below are those of the papers' figures and call nothing of ours. A
convolution has no bias and a norm two numbers a channel, unless said.
"""

import math

import pytest

from kerassnn import models


def conv(kernel, inputs, outputs):
    return kernel * kernel * inputs * outputs


def bn(channels):
    return 2 * channels


def linear(inputs, outputs):
    return inputs * outputs + outputs


def cbn(kernel, inputs, outputs):
    return conv(kernel, inputs, outputs) + bn(outputs)


def stage(depth, inputs, c):
    """Basic blocks, the first with a projection if the shape changes."""
    first = cbn(3, inputs, c) + cbn(3, c, c)
    projection = cbn(1, inputs, c) if inputs != c else 0
    return first + projection + (depth - 1) * 2 * cbn(3, c, c)


STEM64 = cbn(3, 3, 64)
RESNET18 = STEM64 + (
    stage(2, 64, 64)
    + stage(2, 64, 128)
    + stage(2, 128, 256)
    + stage(2, 256, 512)
    + linear(512, 10)
)
RESNET34_STAGES = (
    stage(3, 64, 64)
    + stage(4, 64, 128)
    + stage(6, 128, 256)
    + stage(3, 256, 512)
)
RESNET34 = STEM64 + RESNET34_STAGES + linear(512, 10)
RESNET34_IMAGENET = cbn(7, 3, 64) + RESNET34_STAGES + linear(512, 1000)
RESNET19_STAGES = stage(3, 128, 128) + stage(3, 128, 256) + stage(2, 256, 512)
RESNET19 = cbn(3, 3, 128) + RESNET19_STAGES + linear(512, 10)
# The stem of 64 brings a projection to the first block.
RESNET19_TET = (
    STEM64
    + (stage(3, 64, 128) + stage(3, 128, 256) + stage(2, 256, 512))
    + (linear(512, 256) + linear(256, 10))
)
RESNET8 = (
    cbn(3, 1, 16)
    + (stage(1, 16, 16) + stage(1, 16, 32) + stage(1, 32, 64))
    + linear(64, 10)
)
# VGGs: their convolutions have biases.
VGG8 = ((64, 128), (128, 256), (256, 256), (256, 512), (512, 512))
VGG8_REST = sum(conv(3, i, o) + o + bn(o) for i, o in VGG8)
VGG8_REST += 2 * (conv(3, 512, 512) + 512 + bn(512))
VGG11 = (conv(3, 3, 64) + 64 + bn(64)) + VGG8_REST
VGG11 += linear(2048, 4096) + linear(4096, 4096) + linear(4096, 10)
VGGSNN = (conv(3, 2, 64) + 64 + bn(64)) + VGG8_REST + linear(512 * 3 * 3, 10)
VGG16_CONVS = (
    [(3, 64), (64, 64), (64, 128), (128, 128), (128, 256)]
    + [(256, 256)] * 2
    + [(256, 512)]
    + [(512, 512)] * 5
)
VGG16 = sum(conv(3, i, o) + o + bn(o) for i, o in VGG16_CONVS)
VGG16 += linear(512, 10)


def wide_group(depth, inputs, c):
    """Pre-activation blocks; a norm has the channels of its input."""
    first = bn(inputs) + conv(3, inputs, c) + bn(c) + conv(3, c, c)
    others = (depth - 1) * 2 * (bn(c) + conv(3, c, c))
    return first + conv(1, inputs, c) + others


WRN28X4 = (
    conv(3, 3, 16)
    + (wide_group(4, 16, 64) + wide_group(4, 64, 128) + wide_group(4, 128, 256))
    + (bn(256) + linear(256, 10))
)


def bottleneck(inputs, inner, outputs, projected=True):
    convs = cbn(1, inputs, inner) + cbn(3, inner, inner)
    projection = cbn(1, inputs, outputs) if projected else 0
    return convs + cbn(1, inner, outputs) + projection


WIDE16 = (
    STEM64
    + (bottleneck(64, 256, 512) + bottleneck(512, 256, 512, projected=False))
    + (bottleneck(512, 512, 1024) + bottleneck(1024, 1024, 2048))
)
PYRAMID = (16, 38, 60, 83, 105, 127, 149, 172, 194, 216)
PYRAMIDNET = cbn(3, 3, 16) + sum(
    bn(i) + cbn(3, i, o) + cbn(3, o, o)
    for i, o in zip(PYRAMID, PYRAMID[1:], strict=False)
)
PYRAMIDNET += bn(216) + linear(216, 10)

IMAGENET = {
    "classes": 1000,
    "input_shape": (224, 224, 3),
    "imagenet_stem": True,
}
TET_HEAD = {"hidden": 256, "hidden_norm": False}
CASES = {
    "ResNet8": (RESNET8, {}),
    "ResNet18": (RESNET18, {}),
    "ResNet19": (RESNET19, {}),
    "ResNet19 TET": (RESNET19_TET, {"stem_width": 64, **TET_HEAD}),
    "ResNet34": (RESNET34, {}),
    "ResNet34 ImageNet": (RESNET34_IMAGENET, IMAGENET),
    "SEWResNet34 ImageNet": (RESNET34_IMAGENET, IMAGENET),
    # As ResNet-34: the norms stand behind the convolutions here too.
    "PreActResNet34 ImageNet": (RESNET34_IMAGENET, IMAGENET),
    "MSResNet18": (RESNET18, {}),
    # The first stage's stride brings a projection.
    "MSResNet18 ImageNet": (
        RESNET18 - STEM64 + cbn(7, 3, 64) + cbn(1, 64, 64) + 990 * (512 + 1),
        IMAGENET,
    ),
    # As ResNet-19, whose norms stand behind the convolutions too.
    "MSResNet19": (RESNET19, {}),
    "VGG11": (VGG11, {}),
    "VGG16": (VGG16, {}),
    "VGGSNN": (VGGSNN, {}),
    "WRN28x4": (WRN28X4, {}),
    "WideBottleneck16": (WIDE16 + linear(2048, 10), {}),
    "WideBottleneck16 SASTC": (
        WIDE16 + linear(2048, 256) + linear(256, 10),
        TET_HEAD,
    ),
    "PyramidNet20": (PYRAMIDNET, {}),
}


@pytest.mark.parametrize("case", CASES)
def test_count(case):
    expected, options = CASES[case]
    builder = models.BUILDERS[case.split()[0]]
    model = builder(**options)
    trainable = sum(math.prod(v.shape) for v in model.trainable_variables)
    assert trainable == expected


def test_counts_are_those_known_elsewhere():
    assert RESNET34_IMAGENET == 21_797_672
    assert RESNET18 == 11_173_962
    assert VGG16 == 14_728_266


def test_norms_keep_two_more_numbers_a_channel():
    # 7 convolutions and 2 projections of 128, 256 or 512 channels.
    stem, norms = 128, 6 * 128 + 7 * 256 + 5 * 512
    assert models.ResNet19().count_params() == RESNET19 + 2 * (stem + norms)
    assert RESNET19 + 2 * (stem + norms) == 12_579_722
    # A stem of 64 brings a projection of 128 to the first block.
    assert RESNET19_TET + 2 * (64 + 128 + norms) == 12_641_482
