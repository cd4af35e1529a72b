"""One formula, whatever holds the images."""

import keras
import numpy as np
import pytest

from kerassnn import data

CONSTANTS = {"mean": (0.5, 0.4, 0.3), "std": (0.2, 0.25, 0.1), "scale": 255.0}


@pytest.fixture
def images():
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (4, 6, 5, 3), dtype="uint8")


def formula(x):
    return (x / 255.0 - CONSTANTS["mean"]) / CONSTANTS["std"]


@pytest.mark.numeric
@pytest.mark.parametrize("dtype", ["uint8", "float32", "float16", "int32"])
def test_tensors_of_the_backend(images, dtype):
    x = keras.ops.convert_to_tensor(images.astype(dtype))
    out = data.normalise(x, **CONSTANTS)
    assert keras.ops.is_tensor(out)
    assert keras.backend.standardize_dtype(out.dtype) == "float32"
    out = keras.ops.convert_to_numpy(out)
    np.testing.assert_allclose(out, formula(images), atol=2e-6)
    same = data.normalise(images.astype(dtype), **CONSTANTS)
    np.testing.assert_allclose(out, same, atol=1e-6)


@pytest.mark.numeric
def test_symbolic_tensors(images):
    inputs = keras.Input(images.shape[1:], dtype="uint8")
    model = keras.Model(inputs, data.normalise(inputs, **CONSTANTS))
    out = model.predict(images, verbose=0)
    np.testing.assert_allclose(out, formula(images), atol=2e-6)


def test_inside_tf_data(images):
    tf = pytest.importorskip("tensorflow")
    dataset = tf.data.Dataset.from_tensor_slices(images).batch(2)
    dataset = dataset.map(lambda x: data.normalise(x, **CONSTANTS))
    out = np.concatenate(list(dataset.as_numpy_iterator()))
    np.testing.assert_allclose(out, formula(images), atol=2e-6)


def test_inside_tf_data_unit_floats_are_refused(images):
    tf = pytest.importorskip("tensorflow")
    x = (images / 255).astype("float32")
    dataset = tf.data.Dataset.from_tensor_slices(x).batch(2)
    dataset = dataset.map(lambda x: data.normalise(x, **CONSTANTS))
    with pytest.raises(tf.errors.InvalidArgumentError, match="multiply"):
        list(dataset)


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
@pytest.mark.parametrize("tensor", [False, True])
def test_unit_floats_are_refused(images, dtype, tensor):
    x = (images / 255).astype(dtype)
    if tensor:
        x = keras.ops.convert_to_tensor(x)
    with pytest.raises(ValueError, match="multiply images in .0, 1. by 255"):
        data.normalise(x, **CONSTANTS)


def test_black_images_and_small_bytes_pass(images):
    data.normalise(np.zeros((2, 4, 4, 3), "float32"), **CONSTANTS)
    data.normalise(np.ones((2, 4, 4, 3), "uint8"), **CONSTANTS)
    unit = {**CONSTANTS, "scale": 1.0}
    out = data.normalise((images / 255).astype("float32"), **unit)
    np.testing.assert_allclose(out, formula(images), atol=2e-6)


def test_lists_and_single_pixels():
    out = data.normalise([[10, 20, 30]], **CONSTANTS)
    expected = formula(np.array([[10, 20, 30]]))
    np.testing.assert_allclose(out, expected, atol=2e-6)
    one = data.normalise(np.array([10, 20, 30]), **CONSTANTS)
    np.testing.assert_allclose(one, expected[0], atol=2e-6)
    assert one.dtype == np.float32


def test_other_channels_are_refused(images):
    with pytest.raises(ValueError, match=r"\.\.\., 3"):
        data.normalise(images[..., :1], **CONSTANTS)
