"""Event sets from files in their authors' layouts."""

import os

import numpy as np
import pytest

from kerassnn import data
from kerassnn.data.rows import Rows
from tests.data.events import files
from tests.data.events import layouts


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("KERASSNN_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("KERASSNN_DATA", raising=False)
    monkeypatch.delenv("KERASSNN_OFFLINE", raising=False)


# How the set is written; recordings, shape of a frame, classes.
SETS = {
    "nmnist": (layouts.nmnist, 30, 20, (34, 34, 2), 10),
    "cifar10dvs": (layouts.cifar10dvs, 90, 10, (128, 128, 2), 10),
    "dvsgesture": (layouts.dvsgesture, 11, 11, (128, 128, 2), 11),
    "dvsgesture ": (layouts.dvsgesture_of_tonic, 11, 11, (128, 128, 2), 11),
    "ncaltech101": (layouts.ncaltech101, 27, 3, (180, 240, 2), 3),
    "shd": (layouts.shd, 40, 20, (1, 700, 1), 20),
}


@pytest.mark.parametrize("name", SETS)
def test_sets_in_their_layouts(tmp_path, name):
    make, train, test, shape, classes = SETS[name]
    make(tmp_path)
    splits = data.load(name.strip(), data_dir=tmp_path, timesteps=4)
    assert splits.train[0].shape == (train, 4, *shape)
    assert splits.test[0].shape == (test, 4, *shape)
    assert splits.classes == classes == len(splits.class_names)
    assert set(splits.test[1]) == set(splits.train[1]) == set(range(classes))
    assert (splits.train[0].sum(axis=(1, 2, 3, 4)) > 0).all()


@pytest.mark.parametrize("name", [n for n in SETS if n == n.strip()])
def test_a_folder_without_the_set_is_told(tmp_path, name):
    for download in (None, False):
        with pytest.raises(ValueError, match=f"{name}.*download=True"):
            data.load(name, data_dir=tmp_path, download=download)
    with pytest.raises(ValueError, match="typo"):
        data.load(name, data_dir=tmp_path / "typo")
    with pytest.raises(ValueError, match=f"expected {name} in"):
        data.load(name)
    assert not list(tmp_path.iterdir())


def test_offline_downloads_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("KERASSNN_OFFLINE", "1")
    with pytest.raises(ValueError, match="KERASSNN_OFFLINE"):
        data.load("nmnist", data_dir=tmp_path, download=True)


def test_the_frames_are_those_of_the_files(tmp_path):
    layouts.nmnist(tmp_path)
    splits = data.load(
        "nmnist", data_dir=tmp_path, timesteps=3, by="time", size=(17, 20)
    )
    path = tmp_path / "NMNIST" / "Train" / "2" / "00008.bin"
    expected = data.frames(data.read_events(path), 3, by="time", size=(17, 20))
    np.testing.assert_array_equal(splits.train[0][7], expected)
    assert splits.train[1][7] == 2


def test_a_made_split_is_stratified_and_stays(tmp_path):
    layouts.cifar10dvs(tmp_path)
    splits = data.load("cifar10dvs", data_dir=tmp_path, validation=20, seed=3)
    assert splits.split == "90 to 10 %, stratified, seed 0"
    assert np.bincount(splits.test[1]).tolist() == [1] * 10
    assert np.bincount(splits.validation[1]).tolist() == [2] * 10
    other = data.load("cifar10dvs", data_dir=tmp_path, seed=4)
    np.testing.assert_array_equal(other.test[0], splits.test[0])


def test_frames_are_made_once_and_mapped(tmp_path, monkeypatch):
    layouts.nmnist(tmp_path)
    splits = data.load("nmnist", data_dir=tmp_path, validation=10)
    assert isinstance(splits.test[0], np.memmap)
    assert isinstance(splits.train[0], Rows)
    monkeypatch.setattr("kerassnn.data.sources.nmnist.read", None)
    again = data.load("nmnist", data_dir=tmp_path, validation=10)
    np.testing.assert_array_equal(again.train[0], splits.train[0])
    with pytest.raises(TypeError):
        data.load("nmnist", data_dir=tmp_path, timesteps=3)


def test_other_files_are_framed_again(tmp_path):
    layouts.nmnist(tmp_path)
    before = data.load("nmnist", data_dir=tmp_path).train[0].sum()
    path = tmp_path / "NMNIST" / "Train" / "0" / "00001.bin"
    path.write_bytes(files.nmnist(files.events(90)))
    assert data.load("nmnist", data_dir=tmp_path).train[0].sum() == before + 30


def test_a_folder_that_cannot_be_written(tmp_path, monkeypatch):
    layouts.nmnist(tmp_path)
    make = os.mkdir

    def deny(path, *arguments, **named):
        if "NMNIST" not in str(path) and "home" not in str(path):
            raise PermissionError(13, "Permission denied", str(path))
        return make(path, *arguments, **named)

    monkeypatch.setattr(os, "mkdir", deny)
    with pytest.warns(UserWarning, match="Permission denied"):
        splits = data.load("nmnist", data_dir=tmp_path)
    assert len(splits.train[1]) == 30
    assert not (tmp_path / "kerassnn").exists()
    data.load("nmnist", data_dir=tmp_path)  # from the user's folder


def test_a_damaged_recording_is_named(tmp_path):
    layouts.nmnist(tmp_path)
    path = tmp_path / "NMNIST" / "Test" / "3" / "00037.bin"
    path.write_bytes(path.read_bytes()[:-2])
    with pytest.raises(ValueError, match="00037.bin"):
        data.load("nmnist", data_dir=tmp_path)
    assert not list((tmp_path / "kerassnn").iterdir())


@pytest.mark.parametrize(
    "arguments", [{"timestep": 3}, {"timesteps": None}, {"size": (99, 99)}]
)
def test_framing_that_cannot_be(tmp_path, arguments):
    layouts.nmnist(tmp_path)
    with pytest.raises(ValueError, match="timestep|size"):
        data.load("nmnist", data_dir=tmp_path, **arguments)
    with pytest.raises(ValueError, match="timesteps"):
        data.load("digits", timesteps=4)


def test_event_sets_feed_a_pipeline(tmp_path):
    layouts.nmnist(tmp_path)
    splits = data.load("nmnist", data_dir=tmp_path, validation=10, timesteps=2)
    batches = data.Pipeline(
        *splits.train, 5, normalise=splits.normalise, one_hot=10
    )
    x, y = batches[0]
    assert x.shape == (5, 2, 34, 34, 2) and x.dtype == np.float32
    assert x.max() >= 1 and x.min() == 0
    assert splits.normalise(splits.validation[0]).shape[0] == 10
    assert splits.take(5).train[0].shape[0] == 5
    assert len(splits.first_classes(4).train[1]) == 12 - np.sum(
        splits.validation[1] < 4
    )


def test_image_sets_give_simulated_ones(tmp_path, monkeypatch):
    images = data.load("digits").take(30)
    monkeypatch.setattr(
        "kerassnn.data.sources.digits.read",
        lambda: (images.train, images.test),
    )
    splits = data.load("digits_saccades", timesteps=3, validation=10)
    assert splits.train[0].shape == (20, 3, 14, 14, 2)
    assert splits.test[0].shape == (30, 3, 14, 14, 2)
    assert splits.name == "digits_saccades"
    assert splits.split.startswith("simulated from digits")
    np.testing.assert_array_equal(splits.test[1], images.test[1])
    first = next(data.saccades(images.test[0] / np.float32(16), seed=1))
    np.testing.assert_array_equal(splits.test[0][0], data.frames(first, 3))
    with pytest.raises(ValueError, match="size"):
        data.load("digits_saccades", size=(40, 40))
