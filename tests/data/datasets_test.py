import pathlib
import runpy
import sys

import numpy as np
import pytest

from kerassnn import data
from kerassnn.data.constants import CONSTANTS

REAL = pathlib.Path(__file__).parents[2].parent / "shared" / "data"


def cifar_arrays(classes=10, train=30, test=20):
    rng = np.random.default_rng(0)
    shape = (32, 32, 3)
    return {
        "x_train": rng.integers(0, 256, (train, *shape), dtype="uint8"),
        "y_train": (np.arange(train) % classes).astype("uint8"),
        "x_test": rng.integers(0, 256, (test, *shape), dtype="uint8"),
        "y_test": (np.arange(test) % classes).astype("uint8"),
    }


def test_digits_are_split_once_and_for_all():
    splits = data.load("digits", validation=200, seed=5)
    assert splits.train[0].shape == (1237, 8, 8, 1)
    assert splits.test[0].shape == (360, 8, 8, 1)
    assert splits.train[0].dtype == np.uint8
    assert splits.train[0].max() == splits.scale == 16
    assert splits.train[1].dtype == np.int32
    share = np.bincount(splits.test[1])
    assert share.min() >= 34 and share.max() <= 37
    other = data.load("digits", validation=100, seed=6)
    np.testing.assert_array_equal(other.test[0], splits.test[0])


def test_no_digit_is_in_two_parts():
    splits = data.load("digits", validation=200)
    parts = [splits.train[0], splits.validation[0], splits.test[0]]
    assert len({bytes(x) for part in parts for x in part}) == 1797


def test_the_constants_of_digits_are_those_of_the_training_images():
    splits = data.load("digits")
    x = splits.train[0] / splits.scale
    assert abs(x.mean() - splits.mean[0]) < 5e-5
    assert abs(x.std() - splits.std[0]) < 5e-5


@pytest.mark.parametrize("name", ["cifar10", "cifar100"])
def test_plain_arrays_are_read(tmp_path, name):
    arrays = cifar_arrays(data.load("digits").classes)
    np.savez(tmp_path / f"{name}.npz", **arrays)
    splits = data.load(name, data_dir=tmp_path, validation=10)
    assert splits.classes == CONSTANTS[name]["classes"]
    assert len(splits.mean) == len(splits.std) == 3
    assert len(splits.train[1]) == 20 and len(splits.validation[1]) == 10
    np.testing.assert_array_equal(splits.test[0], arrays["x_test"])
    assert splits.test[1].dtype == np.int32


def test_a_column_of_labels_is_read(tmp_path):
    arrays = cifar_arrays()
    arrays["y_train"] = arrays["y_train"][:, None]
    np.savez(tmp_path / "cifar10.npz", **arrays)
    splits = data.load("cifar10", data_dir=tmp_path)
    assert splits.train[1].shape == (30,)


def test_images_of_keras_datasets_are_read(tmp_path):
    arrays = {
        key: array[..., 0] if key.startswith("x") else array
        for key, array in cifar_arrays().items()
    }
    np.savez(tmp_path / "mnist.npz", **arrays)
    splits = data.load("mnist", data_dir=tmp_path)
    assert splits.test[0].shape == (20, 32, 32, 1)


def test_a_file_that_is_no_npz_is_told(tmp_path):
    (tmp_path / "cifar10.npz").write_bytes(b"PK" + bytes(40))
    with pytest.raises(ValueError, match="cifar10.npz"):
        data.load("cifar10", data_dir=tmp_path)


@pytest.mark.parametrize("name", sorted({*CONSTANTS} - {"tinyimagenet"}))
def test_every_class_has_a_name(name):
    names = CONSTANTS[name]["class_names"]
    assert len(set(names)) == CONSTANTS[name]["classes"]


SPOILT = {
    "labels": ("y_test", np.full(20, 10, "uint8"), "labels in"),
    "float labels": ("y_test", np.zeros(20), "integer dtype"),
    "float images": ("x_train", np.zeros((30, 32, 32, 3)), "uint8"),
    "flat images": ("x_train", np.zeros((30, 3072), "uint8"), "uint8"),
    "short": ("x_train", np.zeros((29, 32, 32, 3), "uint8"), "as many"),
}


@pytest.mark.parametrize("name", SPOILT)
def test_spoilt_arrays_are_refused(tmp_path, name):
    key, array, message = SPOILT[name]
    np.savez(tmp_path / "cifar10.npz", **{**cifar_arrays(), key: array})
    with pytest.raises(ValueError, match=message):
        data.load("cifar10", data_dir=tmp_path)


def test_missing_keys_are_named(tmp_path):
    arrays = cifar_arrays()
    del arrays["y_test"]
    np.savez(tmp_path / "cifar10.npz", **arrays)
    with pytest.raises(ValueError, match="y_test"):
        data.load("cifar10", data_dir=tmp_path)


def test_pickled_arrays_are_not_opened(tmp_path):
    arrays = {**cifar_arrays(), "x_test": np.array([{}], dtype=object)}
    np.savez(tmp_path / "cifar10.npz", **arrays)
    with pytest.raises(ValueError, match="allow_pickle"):
        data.load("cifar10", data_dir=tmp_path)


def test_an_unknown_name_is_refused():
    with pytest.raises(ValueError, match="cifar11"):
        data.load("cifar11")


@pytest.mark.parametrize("module", ["sklearn.datasets", "tensorflow_datasets"])
def test_a_missing_package_is_named(tmp_path, monkeypatch, module):
    monkeypatch.setitem(sys.modules, module, None)
    name = "digits" if module.startswith("sklearn") else "cifar10"
    (tmp_path / name).mkdir()
    with pytest.raises(ImportError, match="pip install"):
        data.load(name, data_dir=tmp_path)


@pytest.mark.data
@pytest.mark.parametrize("name", ["cifar10", "cifar100"])
def test_the_constants_of_cifar_are_those_of_the_real_images(tmp_path, name):
    if not (REAL / name).is_dir():
        pytest.skip("the real data are not here")
    pytest.importorskip("PIL")
    read = runpy.run_path(str(REAL / "cifar.py"))["load"]
    (x_train, y_train), (x_test, y_test) = read(name)
    np.savez(
        tmp_path / f"{name}.npz",
        x_train=x_train,
        y_train=y_train,
        x_test=x_test,
        y_test=y_test,
    )
    splits = data.load(name, data_dir=tmp_path, validation=5000)
    counts = np.bincount(splits.validation[1])
    assert (counts == 5000 // splits.classes).all()
    values = x_train.reshape(-1, 3)
    np.testing.assert_allclose(
        values.mean(axis=0) / 255, splits.mean, atol=2e-4
    )
    np.testing.assert_allclose(values.std(axis=0) / 255, splits.std, atol=2e-4)
