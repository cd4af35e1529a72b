import subprocess
import sys

import keras
import numpy as np
import pytest

from kerassnn import data
from kerassnn import zoo
from tests.zoo.conftest import ANN
from tests.zoo.conftest import SNN

CONSTANTS = {"mean": [0.25], "std": [0.5], "scale": 16.0}
X = data.load("digits").test[0][:6]


@pytest.mark.numeric
@pytest.mark.parametrize("kind", ["uint8", "float32", "tensor"])
def test_preparation_is_the_formula(kind):
    x = keras.ops.convert_to_tensor(X) if kind == "tensor" else X.astype(kind)
    expected = (X.astype("float64") / 16 - 0.25) / 0.5
    found = keras.ops.convert_to_numpy(zoo.prepare(CONSTANTS, x))
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert found.dtype == "float32"


def test_preparation_inside_tf_data():
    tf = pytest.importorskip("tensorflow")
    images = tf.data.Dataset.from_tensor_slices(X).batch(3)
    found = [*images.map(lambda x: zoo.prepare(CONSTANTS, x))]
    np.testing.assert_allclose(
        np.concatenate(found), zoo.prepare(CONSTANTS, X), atol=1e-6
    )


@pytest.mark.numeric
@pytest.mark.parametrize("tensor", [False, True])
@pytest.mark.parametrize(
    "change, match",
    [
        (lambda x: x / 16, "multiply images of 0 to 1 by 16"),
        (lambda x: x / 8 - 1, "normalised already"),
        (lambda x: x * 16, "bring them to that scale"),
    ],
)
def test_other_scales_are_refused(tensor, change, match):
    x = change(X).astype("float32")
    x = keras.ops.convert_to_tensor(x) if tensor else x
    with pytest.raises(ValueError, match=match):
        zoo.prepare(CONSTANTS, x)


def test_black_images_are_of_any_scale():
    found = zoo.prepare(CONSTANTS, np.zeros((2, 8, 8, 1), "float32"))
    np.testing.assert_allclose(found, -0.5)


@pytest.mark.numeric
@pytest.mark.parametrize("name", [ANN, SNN])
def test_a_model_of_stored_images(entries, name):
    plain, model = zoo.load(name), zoo.load(name, preprocess=True)
    constants = zoo.card(name)["preprocessing"]
    expected = plain.predict(zoo.prepare(constants, X), verbose=0)
    for x in (X, X.astype("float32")):
        found = model.predict(x, verbose=0)
        np.testing.assert_allclose(found, expected, atol=1e-4)
    called = keras.ops.convert_to_numpy(model(keras.ops.convert_to_tensor(X)))
    np.testing.assert_allclose(called, expected, atol=1e-4)
    for wrong in (X / 16, expected[0, 0] - 1 - X.astype("float32")):
        with pytest.raises(ValueError, match="images as stored"):
            model.predict(wrong, verbose=0)
        with pytest.raises(ValueError, match="images as stored"):
            model(keras.ops.convert_to_tensor(wrong.astype("float32")))


def test_dark_images_of_integers_are_taken(entries):
    x = (X > 8).astype("uint8")  # all of 0 and 1
    assert np.isfinite(
        zoo.load(ANN, preprocess=True).predict(x, verbose=0)
    ).all()


def test_its_layers_are_those_of_the_entry(entries):
    model = zoo.load(SNN, preprocess=True, classes=3, trainable="head")
    assert model.get_layer("logits_t").output.shape == (None, 2, 3)
    assert {w.name for w in model.trainable_weights} == {"kernel", "bias"}
    assert len(model.trainable_weights) == 2


def test_it_is_saved_whole(entries, tmp_path):
    model = zoo.load(SNN, preprocess=True)
    model.save(tmp_path / "net.keras")
    again = keras.saving.load_model(tmp_path / "net.keras")
    np.testing.assert_allclose(
        again.predict(X, verbose=0), model.predict(X, verbose=0), atol=1e-5
    )
    with pytest.raises(ValueError, match="images as stored"):
        again.predict(X / 16, verbose=0)


@pytest.mark.slow
def test_another_process_finds_its_classes(entries, tmp_path):
    zoo.load(SNN, preprocess=True).save(tmp_path / "net.keras")
    code = (
        "import sys, keras, kerassnn; "
        "print(keras.saving.load_model(sys.argv[1]).output_shape)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "net.keras")],
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == "(None, 10)", done.stderr[-2000:]
