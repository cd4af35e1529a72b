"""Files compute what the network does, and wrong ones are not kept."""

import importlib.util

import keras
import numpy as np
import pytest

from kerassnn import export
from kerassnn import layers
from kerassnn import models
from tests.models.stepwise_test import frames
from tests.models.stepwise_test import student
from tests.models.stepwise_test import unrolled

BACKEND = keras.backend.backend()


def needs(*packages):
    missing = [p for p in packages if importlib.util.find_spec(p) is None]
    return pytest.mark.skipif(bool(missing), reason=f"without {missing}")


needs_nir = needs("nir")
converter = {"tensorflow": "tf2onnx", "torch": "onnxscript", "jax": "jax2onnx"}
needs_onnx = needs("onnx", "onnxruntime", converter[BACKEND])
needs_tensorflow = pytest.mark.skipif(
    BACKEND != "tensorflow", reason="TensorFlow's converter"
)


def slow(*case):
    return pytest.param(*case, marks=pytest.mark.slow)


def check_report(report, path):
    assert report.path == path and path.exists()
    assert report.samples == 8
    assert report.agreeing >= 7
    assert report.same_class >= 7
    assert report.bytes > 1000
    assert not list(path.parent.glob("tmp-*"))


@needs_onnx
@pytest.mark.slow
@pytest.mark.parametrize("stream", (False, True))
def test_onnx(tmp_path, stream):
    path = tmp_path / "net.onnx"
    net = student("ResNet8")
    check_report(export.onnx(net, path, stream=stream), path)


@needs_onnx
@needs_tensorflow
@pytest.mark.slow
def test_onnx_takes_any_batch_and_an_ann(tmp_path):
    import onnxruntime

    net = models.ResNet8(width=2)
    export.onnx(net, tmp_path / "net.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "net.onnx"))
    x = np.random.default_rng(3).normal(size=(5, 8, 8, 1)).astype("float32")
    found = session.run(None, {session.get_inputs()[0].name: x})[0]
    expected = keras.ops.convert_to_numpy(net(x, training=False))
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


@needs_tensorflow
@pytest.mark.slow
@pytest.mark.parametrize("precision", ("float32", "float16", "int8"))
def test_litert(tmp_path, precision):
    path = tmp_path / "net.tflite"
    images = np.random.default_rng(1).normal(size=(32, 8, 8, 1))
    calibration = images if precision == "int8" else None
    net = student("ResNet8", width=16)
    report = export.litert(
        net, path, precision=precision, calibration=calibration
    )
    assert path.stat().st_size == report.bytes
    assert report.same_class >= 4
    if precision == "float32":
        check_report(report, path)
    else:
        full = export.litert(net, tmp_path / "full.tflite")
        assert report.bytes < 0.75 * full.bytes


@needs_tensorflow
@pytest.mark.slow
@pytest.mark.parametrize("precision", ("float32", "float16"))
def test_a_litert_stream_gives_the_unrolled_logits(tmp_path, precision):
    """Its own states given back, frame by frame."""
    import tensorflow as tf

    path, net = tmp_path / "net.tflite", student("VGGSNN", width=8)
    report = export.litert(net, path, precision=precision, stream=True)
    if precision == "float32":
        check_report(report, path)
    x, each = frames(net, batch=1)
    file = tf.lite.Interpreter(str(path)).get_signature_runner()
    names = [*file.get_input_details()]
    states = {
        f"{name}_state" if name != "step" else name: value
        for name, value in models.initial_states(models.streaming(net)).items()
    }
    assert sorted(names) == sorted(["frame", *states])
    for frame, expected in zip(each, unrolled(net, x)[0], strict=True):
        states = file(frame=frame, **states)
        logits = states.pop("logits")[0]
        if precision == "float32":
            np.testing.assert_allclose(logits, expected, rtol=1e-3, atol=1e-4)
    with pytest.raises(ValueError, match="float32 or float16 for a stream"):
        calibration = np.zeros((2, 8, 8, 1), "float32")
        export.litert(
            net, path, precision="int8", stream=True, calibration=calibration
        )


@pytest.mark.skipif(BACKEND == "torch", reason="Keras has none on torch")
@needs("tensorflow")
@pytest.mark.slow
def test_saved_model(tmp_path):
    if BACKEND == "jax":
        pytest.importorskip("jax.experimental.jax2tf")
    path = tmp_path / "net"
    check_report(export.saved_model(student("ResNet8"), path), path)
    with pytest.raises(ValueError, match="does not exist"):
        export.saved_model(student("ResNet8"), path)


@needs_nir
@pytest.mark.numeric
@pytest.mark.parametrize(
    ("name", "neuron"),
    [
        ("ResNet8", layers.LIF()),
        ("ResNet8", layers.LIF(tau=1.5, decay_input=True, v_reset=-0.2)),
        ("ResNet8", layers.IntegrateFire(strict=True)),
        ("ResNet8", layers.AdaptiveLIF()),
        slow("ResNet19", layers.LIF.sastc()),
        ("MSResNet18", layers.LIF()),
        slow("SEWResNet34", layers.LIF()),
        slow("VGGSNN", layers.LIF()),
        slow("VGG11", layers.LIF()),
    ],
)
def test_nir(tmp_path, name, neuron):
    path = tmp_path / "net.nir"
    check_report(export.nir(student(name, neuron), path), path)


@needs_nir
@pytest.mark.numeric
def test_nir_refuses_by_name(tmp_path):
    path = tmp_path / "net.nir"
    soft = student("ResNet8", layers.LIF(v_reset=None))
    with pytest.raises(ValueError, match="'stem_act' subtracts"):
        export.nir(soft, path)
    charged = student("ResNet8", layers.LIF(v_init=0.5))
    with pytest.raises(ValueError, match="starts at another potential"):
        export.nir(charged, path)
    with pytest.raises(ValueError, match="MaxPooling2D"):
        export.nir(student("ResNet34", imagenet_stem=True), path)
    with pytest.raises(ValueError, match="expected an SNN"):
        export.nir(models.ResNet8(width=2), path)
    assert not list(tmp_path.iterdir())


@needs_nir
@pytest.mark.numeric
def test_a_wrong_file_is_not_kept(tmp_path, monkeypatch):
    import nir

    def write(path, graph):
        graph.nodes["head"].bias += 1.0
        original(path, graph)

    original = nir.write
    monkeypatch.setattr(nir, "write", write)
    with pytest.raises(ValueError, match="it is not kept"):
        export.nir(student("ResNet8"), tmp_path / "net.nir")
    assert not list(tmp_path.iterdir())


def test_wrong_arguments_are_refused(tmp_path):
    net = student("ResNet8")
    with pytest.raises(ValueError, match="ends in .onnx"):
        export.onnx(net, tmp_path / "net.pb")
    with pytest.raises(ValueError, match="in a folder that exists"):
        export.nir(net, tmp_path / "none" / "net.nir")
    with pytest.raises(ValueError, match="precision"):
        export.litert(net, tmp_path / "net.tflite", precision="int4")
