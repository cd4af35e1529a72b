"""Files that take stored images and give a class and its probability."""

import json
import os
import subprocess
import sys

import keras
import numpy as np
import pytest

from kerassnn import data
from kerassnn import export
from kerassnn import zoo
from kerassnn.cli import main
from tests.models.stepwise_test import student

pytestmark = pytest.mark.slow
BACKEND = keras.backend.backend()
ENTRY = "resnet8_sastc_digits"
needs_saved_model = pytest.mark.skipif(
    BACKEND != "tensorflow", reason="TensorFlow's own format"
)
# What a program does that has the file and nothing else of the training.
READ = """
import sys, keras, numpy as np, kerassnn
x = np.load(sys.argv[2])
found = keras.saving.load_model(sys.argv[1])(x)
np.savez(sys.argv[3], **{
    k: keras.ops.convert_to_numpy(v) for k, v in found.items()})
"""


def twin(x):
    """Class and probability, in NumPy from the normalised images' logits."""
    card = zoo.card(ENTRY)
    z = zoo.load(ENTRY).predict(zoo.prepare(card["preprocessing"], x))
    e = np.exp(z.astype("float64") - z.max(axis=1, keepdims=True))
    return z.argmax(axis=1), (e / e.sum(axis=1, keepdims=True)).max(axis=1)


def check_answer(label, probability, x):
    expected = twin(x)
    assert label.dtype == "int32" and probability.dtype == "float32"
    # Another order of summation may move a spike of one image.
    good = np.isclose(probability, expected[1], atol=1e-3)
    assert (good & (label == expected[0])).mean() > 0.98


def test_a_keras_file(tmp_path):
    path, x = tmp_path / "net.keras", data.load("digits").test[0][:100]
    report = export.predictor(
        zoo.load(ENTRY, preprocess=True), path, check=x[:16]
    )
    assert report.path == path and report.bytes == path.stat().st_size
    assert report.samples == 16 and report.agreeing >= 15
    np.save(tmp_path / "x.npy", x.astype("uint8"))
    names = [str(tmp_path / n) for n in ("net.keras", "x.npy", "y.npz")]
    subprocess.run([sys.executable, "-c", READ, *names], check=True)
    found = np.load(tmp_path / "y.npz")
    check_answer(found["label"], found["probability"], x)


@needs_saved_model
def test_a_saved_model_by_the_command_line(tmp_path, capsys):
    path, x = tmp_path / "net", data.load("digits").test[0][:100]
    np.save(tmp_path / "x.npy", x)
    check = f"--check={tmp_path / 'x.npy'}"
    assert main(["export", ENTRY, "predictor", str(path), check, "--json"]) == 0
    report = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert report["samples"] == 100 and report["agreeing"] >= 98
    import tensorflow as tf

    loaded = tf.saved_model.load(path)
    served = loaded.serve(tf.constant(x, tf.uint8))
    check_answer(served["label"].numpy(), served["probability"].numpy(), x)


def test_a_wrong_file_is_not_kept(tmp_path, monkeypatch):
    original = keras.saving.load_model

    def load(path):
        model = original(path)
        head = model.get_layer(ENTRY).get_layer("head").layer
        head.bias.assign(head.bias + np.arange(10.0) * 9)
        return model

    monkeypatch.setattr(keras.saving, "load_model", load)
    net = zoo.load(ENTRY, preprocess=True)
    with pytest.raises(ValueError, match="it is not kept"):
        export.predictor(net, tmp_path / "net.keras")
    assert not os.listdir(tmp_path)


def test_wrong_arguments_are_refused(tmp_path):
    net = student("ResNet8")
    path = tmp_path / "net.keras"
    with pytest.raises(ValueError, match="integers in 0..255"):
        export.predictor(net, path, check=np.full((1, 8, 8, 1), 0.5))
    with pytest.raises(ValueError, match="integers in 0..255"):
        export.predictor(net, path, check=np.full((1, 8, 8, 1), 256))
    with pytest.raises(ValueError, match="in a folder that exists"):
        export.predictor(net, tmp_path / "none" / "net.keras")
    with pytest.raises(ValueError, match="does not exist"):
        export.predictor(net, tmp_path)
    maps = keras.Model(net.input, net.get_layer("stem").output)
    with pytest.raises(ValueError, match="logits"):
        export.predictor(maps, path)
