"""Keras's own `model.export` writes files that other runtimes read."""

import keras
import numpy as np
import pytest

from kerassnn import layers
from tests.export.formats_test import needs_onnx
from tests.export.formats_test import needs_tensorflow
from tests.models.stepwise_test import student

X = np.random.default_rng(0).normal(size=(8, 8, 8, 1)).astype("float32")


def run_onnx(path):
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path))
    given = session.get_inputs()[0]
    rows = [X] if given.shape[0] != 1 else X[:, None]
    return np.concatenate([session.run(None, {given.name: x})[0] for x in rows])


def run_litert(path):
    from kerassnn.export.to_litert import run_litert

    return run_litert(path, X)


def run_saved_model(path):
    return np.asarray(keras.layers.TFSMLayer(path, call_endpoint="serve")(X))


def check(path, kind, run):
    net = student("ResNet8", layers.LIF())
    expected = keras.ops.convert_to_numpy(net(X, training=False))
    net.export(path, format=kind, verbose=False)
    # Another order of summation may move a spike of one image.
    close = np.isclose(run(path), expected, rtol=1e-3, atol=1e-4).all(axis=1)
    assert close.sum() >= 7


@needs_onnx
@pytest.mark.slow
def test_onnx_of_fused_neurons(tmp_path):
    check(tmp_path / "net.onnx", "onnx", run_onnx)


@needs_tensorflow
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "kind", "run"),
    [
        ("net.tflite", "litert", run_litert),
        ("net", "tf_saved_model", run_saved_model),
    ],
)
def test_files_of_tensorflow_of_fused_neurons(tmp_path, name, kind, run):
    check(tmp_path / name, kind, run)


@needs_tensorflow
def test_a_saved_neuron_needs_no_xla(tmp_path):
    inputs = keras.Input((4, 3))
    net = keras.Model(inputs, layers.LIF()(inputs))
    net.export(tmp_path / "net", format="tf_saved_model", verbose=False)
    graph = (tmp_path / "net" / "saved_model.pb").read_bytes()
    assert b"_XlaMustCompile" not in graph
