import keras
import numpy as np
import pytest
import safetensors.numpy

from kerassnn import zoo
from kerassnn.files import sha256
from kerassnn.zoo.weights import read_half
from kerassnn.zoo.weights import save_half
from tests.zoo.conftest import ANN
from tests.zoo.conftest import edit_card


def small_model():
    inputs = keras.Input((4,))
    x = keras.layers.Dense(3, name="dense")(inputs)
    x = keras.layers.BatchNormalization(name="norm")(x)
    return keras.Model(inputs, keras.layers.Dropout(0.5, seed=1)(x))


def test_kernels_are_rounded_to_half_and_nothing_else(tmp_path):
    model, path = small_model(), tmp_path / "a.safetensors"
    vectors = [np.full(3, 1 / 3), np.full(3, 1e6)]
    kernel, bias, gamma, *rest = model.get_weights()
    model.set_weights([kernel, vectors[0], vectors[1], *rest])
    save_half(model, path)
    other = small_model()
    read_half(other, path)
    found = other.get_weights()
    np.testing.assert_array_equal(found[0], kernel.astype("float16"))
    np.testing.assert_array_equal(found[1], np.float32(1 / 3) * np.ones(3))
    np.testing.assert_array_equal(found[2], vectors[1])
    assert [w.dtype for w in found] == [w.dtype for w in model.get_weights()]


def test_the_file_is_about_half_as_large(tmp_path):
    inputs = keras.Input((300,))
    model = keras.Model(inputs, keras.layers.Dense(300)(inputs))
    save_half(model, tmp_path / "half.safetensors")
    half = (tmp_path / "half.safetensors").stat().st_size
    assert half < 0.6 * 4 * model.count_params()
    assert [p.name for p in tmp_path.iterdir()] == ["half.safetensors"]


@pytest.mark.parametrize("value", [1e6, np.nan])
def test_weights_that_half_cannot_hold_are_an_error(tmp_path, value):
    model = small_model()
    weights = model.get_weights()
    weights[0][0, 0] = value
    model.set_weights(weights)
    with pytest.raises(ValueError, match="float16|finite"):
        save_half(model, tmp_path / "a.safetensors")
    assert not (tmp_path / "a.safetensors").exists()


def test_corrupted_weights_are_refused(entries):
    path = entries / ANN / "model.safetensors"
    expected = zoo.card(ANN)["sha256"]["model.safetensors"]
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(ValueError, match=f"sha256={expected}, received"):
        zoo.load(ANN)


def test_truncated_and_missing_weights_are_refused(entries):
    path = entries / ANN / "model.safetensors"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(ValueError, match="expected .* bytes"):
        zoo.load(ANN)
    path.unlink()
    with pytest.raises(ValueError, match="no such file"):
        zoo.load(ANN)


def change_weights(entries, change):
    """Rewrites a weight file through `change(arrays)`, and its digest."""
    path = entries / ANN / "model.safetensors"
    arrays = safetensors.numpy.load_file(path)
    path.write_bytes(safetensors.numpy.save(change(arrays) or arrays))
    put_digest(entries, path)


def put_digest(entries, path):
    edit_card(
        entries / ANN,
        lambda card: card["sha256"].update({path.name: sha256(path)}),
    )


def without_one(arrays):
    del arrays["head/bias"]


def another_shape(arrays):
    arrays["head/kernel"] = arrays["head/kernel"].T.copy()


def another_name(arrays):
    arrays["head/other"] = arrays.pop("head/bias")


def another_type(arrays):
    arrays["head/bias"] = arrays["head/bias"].astype("int32")


def not_a_number(arrays):
    arrays["head/bias"][0] = np.nan


def infinity(arrays):
    arrays["head/kernel"][0, 0] = np.inf


@pytest.mark.parametrize(
    "change, match",
    [
        (without_one, r"missing=\['head/bias'\]"),
        (another_shape, r"head/kernel of shape \(16, 10\)"),
        (another_name, r"unknown=\['head/other'\]"),
        (another_type, "dtype='I32'"),
        (not_a_number, "head/bias with NaN"),
        (infinity, "head/kernel with NaN"),
    ],
)
def test_other_weights_under_a_good_digest_are_refused(entries, change, match):
    change_weights(entries, change)
    with pytest.raises(ValueError, match=match) as error:
        zoo.load(ANN)
    assert f"{ANN}/model.safetensors" in str(error.value)


@pytest.mark.parametrize("header", [2**62, 10**8, 3, 0])
def test_a_header_of_any_length_is_refused(entries, header):
    path = entries / ANN / "model.safetensors"
    content = header.to_bytes(8, "little") + path.read_bytes()[8:]
    path.write_bytes(content)
    put_digest(entries, path)
    with pytest.raises(ValueError, match=f"{ANN}/model.safetensors"):
        zoo.load(ANN)


@pytest.mark.parametrize("factor", [0.1, 100])
def test_a_size_that_the_card_makes_impossible_is_refused(entries, factor):
    path = entries / ANN / "model.safetensors"
    size = int(factor * path.stat().st_size)
    with open(path, "ab") as file:
        file.truncate(size)
    put_digest(entries, path)
    with pytest.raises(ValueError, match=f"bytes.*received: {size}"):
        zoo.load(ANN)
