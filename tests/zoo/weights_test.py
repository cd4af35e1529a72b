import h5py
import keras
import numpy as np
import pytest

from kerassnn import zoo
from kerassnn.zoo.weights import save_half
from kerassnn.zoo.weights import sha256
from tests.zoo.conftest import ANN
from tests.zoo.conftest import edit_card


def small_model():
    inputs = keras.Input((4,))
    x = keras.layers.Dense(3)(inputs)
    x = keras.layers.BatchNormalization()(x)
    return keras.Model(inputs, keras.layers.Dropout(0.5, seed=1)(x))


def test_kernels_are_rounded_to_half_and_nothing_else(tmp_path):
    model, path = small_model(), tmp_path / "a.weights.h5"
    vectors = [np.full(3, 1 / 3), np.full(3, 1e6)]
    kernel, bias, gamma, *rest = model.get_weights()
    model.set_weights([kernel, vectors[0], vectors[1], *rest])
    save_half(model, path)
    other = small_model()
    other.load_weights(path)
    found = other.get_weights()
    np.testing.assert_array_equal(found[0], kernel.astype("float16"))
    np.testing.assert_array_equal(found[1], np.float32(1 / 3) * np.ones(3))
    np.testing.assert_array_equal(found[2], vectors[1])
    assert [w.dtype for w in found] == [w.dtype for w in model.get_weights()]


def test_the_file_is_about_half_as_large(tmp_path):
    inputs = keras.Input((300,))
    model = keras.Model(inputs, keras.layers.Dense(300)(inputs))
    model.save_weights(tmp_path / "full.weights.h5")
    save_half(model, tmp_path / "half.weights.h5")
    full = (tmp_path / "full.weights.h5").stat().st_size
    half = (tmp_path / "half.weights.h5").stat().st_size
    assert half < 0.6 * full
    assert {p.name for p in tmp_path.iterdir()} == {
        "full.weights.h5",
        "half.weights.h5",
    }


@pytest.mark.parametrize("value", [1e6, np.nan])
def test_weights_that_half_cannot_hold_are_an_error(tmp_path, value):
    model = small_model()
    weights = model.get_weights()
    weights[0][0, 0] = value
    model.set_weights(weights)
    with pytest.raises(ValueError, match="float16"):
        save_half(model, tmp_path / "a.weights.h5")
    assert not (tmp_path / "a.weights.h5").exists()


def test_corrupted_weights_are_refused(entries):
    path = entries / ANN / "model.weights.h5"
    expected = zoo.card(ANN)["sha256"]["model.weights.h5"]
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(ValueError, match=f"sha256={expected}, received"):
        zoo.load(ANN)


def test_truncated_and_missing_weights_are_refused(entries):
    path = entries / ANN / "model.weights.h5"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(ValueError, match="sha256"):
        zoo.load(ANN)
    path.unlink()
    with pytest.raises(ValueError, match="no such file"):
        zoo.load(ANN)


@pytest.mark.parametrize("kind", ["link", "external"])
def test_weights_that_point_into_other_files_are_refused(
    entries, tmp_path, kind
):
    path = entries / ANN / "model.weights.h5"
    (tmp_path / "secret").write_bytes(bytes(64))
    with h5py.File(path, "a") as file:
        if kind == "link":
            file["layers"]["x"] = h5py.ExternalLink("/etc/hostname", "/")
        else:
            secret = [(str(tmp_path / "secret"), 0, 64)]
            file.create_dataset("x", (16,), "float32", external=secret)

    def change(card):
        card["sha256"]["model.weights.h5"] = sha256(path)

    edit_card(entries / ANN, change)
    with pytest.raises(ValueError, match="points elsewhere"):
        zoo.load(ANN)
