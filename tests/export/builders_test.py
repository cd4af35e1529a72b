"""Builders, and three entries, through every format and back.

An exporter runs the file that it wrote and raises where it computes something
else; so what is left to say here is which files there are, and why not others.
"""

import pytest

from kerassnn import export
from kerassnn import models
from kerassnn import zoo
from tests.export.formats_test import check_report
from tests.export.formats_test import needs_nir
from tests.export.formats_test import needs_onnx
from tests.export.formats_test import needs_tensorflow
from tests.models.stepwise_test import student

pytestmark = pytest.mark.slow
# What NIR cannot express, and the layer it is told by.
NOT_IN_NIR = {
    "PyramidNet20": "'stage1_block1_bn1' is a BatchNormalization",
    "VGG16": "'pool1' is a MaxPooling2D",
    "vggsnnw16_kd_nmnist": "'pool1' has windows that overlap",
    "WRN28x4": "'stage1_block2_bn1' is a BatchNormalization",
}
POSITIONS = "'stem_act_position' is a PositionEncoding"
NOT_IN_NIR |= {n: POSITIONS for n in models.BUILDERS if n.startswith("STAA")}
ENTRIES = ("resnet8_sastc_digits", "resnet19w16_kd_cifar10")
ENTRIES += ("vggsnnw16_kd_nmnist",)


def check_nir(net, folder, refusal):
    path = folder / "net.nir"
    if refusal is None:
        check_report(export.nir(net, path), path)
        return
    with pytest.raises(ValueError, match=refusal):
        export.nir(net, path)
    assert not list(folder.iterdir())


# One of each kind of block; the rest are for `pytest -m long`.
QUICK = ("MSResNet18", "ResNet8", "VGGSNN", "WRN28x4")
# Deeper than STAAResNet18 of the same layers, and slow to convert.
DEEP = {"STAAResNet19", "STAAResNet34"}


def builders(names):
    return pytest.mark.parametrize(
        "name",
        [
            name
            if name in QUICK
            else pytest.param(name, marks=pytest.mark.long)
            for name in sorted(names)
        ],
    )


every_builder = builders({*models.BUILDERS})
each_builder = builders({*models.BUILDERS} - DEEP)


@needs_nir
@every_builder
def test_nir(tmp_path, name):
    check_nir(student(name), tmp_path, NOT_IN_NIR.get(name))


@needs_onnx
@each_builder
def test_onnx(tmp_path, name):
    path = tmp_path / "net.onnx"
    check_report(export.onnx(student(name), path), path)


@needs_tensorflow
@each_builder
def test_litert(tmp_path, name):
    path = tmp_path / "net.tflite"
    check_report(export.litert(student(name), path), path)


@needs_tensorflow
@each_builder
def test_saved_model(tmp_path, name):
    path = tmp_path / "net"
    check_report(export.saved_model(student(name), path), path)


@needs_nir
@pytest.mark.parametrize("entry", ENTRIES)
def test_nir_of_an_entry(tmp_path, entry):
    check_nir(zoo.load(entry), tmp_path, NOT_IN_NIR.get(entry))


@needs_onnx
@needs_tensorflow
@pytest.mark.parametrize("entry", ENTRIES)
@pytest.mark.parametrize("name", ("n.onnx", "n.tflite", "n"))
def test_entries(tmp_path, entry, name):
    net, path = zoo.load(entry), tmp_path / name
    write = {"n.onnx": export.onnx, "n.tflite": export.litert}
    check_report(write.get(name, export.saved_model)(net, path), path)
