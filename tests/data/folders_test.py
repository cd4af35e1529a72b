"""Where sets are looked for, what is downloaded, and what is left behind."""

import os
import time

import numpy as np
import pytest

from kerassnn import data
from kerassnn.data import cache
from kerassnn.data.sources import tfds
from tests.data.datasets_test import cifar_arrays

PAIRS = (
    (np.zeros((20, 32, 32, 3), "uint8"), np.arange(20) % 10),
    (np.zeros((10, 32, 32, 3), "uint8"), np.arange(10) % 10),
)


@pytest.fixture
def calls(monkeypatch):
    """What tensorflow-datasets was asked for."""
    found = []

    def read(*arguments):
        found.append(arguments)
        return PAIRS

    monkeypatch.setattr(tfds, "read", read)
    monkeypatch.delenv("KERASSNN_DATA", raising=False)
    monkeypatch.delenv("KERASSNN_OFFLINE", raising=False)
    return found


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("KERASSNN_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_a_folder_that_is_not_there_is_told(tmp_path, calls):
    with pytest.raises(ValueError, match="typo"):
        data.load("cifar10", data_dir=tmp_path / "typo")
    assert not calls and not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["cifar10", "mnist", "fashion_mnist"])
def test_a_folder_without_the_set_is_told(tmp_path, monkeypatch, name):
    monkeypatch.delenv("KERASSNN_OFFLINE", raising=False)
    with pytest.raises(ValueError, match="download=True"):
        data.load(name, data_dir=tmp_path)
    assert not list(tmp_path.iterdir())


def test_offline_without_the_set_is_told(tmp_path, monkeypatch, home):
    monkeypatch.setenv("KERASSNN_OFFLINE", "1")
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("KERASSNN_DATA", raising=False)
    for download in (None, True):
        with pytest.raises(ValueError, match="KERASSNN_OFFLINE"):
            data.load("cifar10", download=download)
    assert not list(tmp_path.iterdir())


def test_when_a_download_is_allowed(tmp_path, calls, home, monkeypatch):
    data.load("cifar10")
    data.load("cifar10", data_dir=tmp_path / "new", download=True)
    data.load("mnist", download=False)
    monkeypatch.setenv("KERASSNN_OFFLINE", "1")
    data.load("fashion_mnist")
    assert [bool(download) for *_, download in calls] == [
        True,
        True,
        False,
        False,
    ]


def test_the_environment_names_the_folder(tmp_path, calls, monkeypatch):
    arrays = cifar_arrays()
    np.savez(tmp_path / "cifar10.npz", **arrays)
    monkeypatch.setenv("HOME", str(tmp_path.parent))
    for value in (str(tmp_path), f"~/{tmp_path.name}"):
        monkeypatch.setenv("KERASSNN_DATA", value)
        np.testing.assert_array_equal(
            data.load("cifar10").test[0], arrays["x_test"]
        )
        same = data.load("cifar10", data_dir=value)
        np.testing.assert_array_equal(same.test[0], arrays["x_test"])
    with pytest.raises(ValueError, match="not_here"):
        monkeypatch.setenv("KERASSNN_DATA", "~/not_here")
        data.load("cifar10")
    assert not calls


def test_a_folder_that_cannot_be_written_gives_the_set(
    tmp_path, calls, monkeypatch
):
    def deny(*arguments, **named):
        raise PermissionError(13, "Permission denied", str(tmp_path))

    monkeypatch.setattr("tempfile.mkdtemp", deny)
    with pytest.warns(UserWarning, match="Permission denied"):
        splits = data.load("cifar10", data_dir=tmp_path)
    assert splits.train[0].shape == (20, 32, 32, 3)


def test_what_killed_writers_left_goes(tmp_path):
    for name, age in ((".a-old", 7200), (".a-young", 10), (".b-old", 7200)):
        draft = tmp_path / name
        draft.mkdir()
        (draft / "x_train.npy").write_bytes(b"half")
        os.utime(draft, (time.time() - age,) * 2)
    killed = tmp_path / ".a-killed"
    killed.mkdir()
    (killed / "writing").touch()
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x_test.npy").write_bytes(b"half")  # not whole
    cache.write(tmp_path / "a", PAIRS)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == [".a-young", ".b-old", "a"]
    assert cache.read(tmp_path / "a") is not None


def test_a_draft_in_use_stays(tmp_path):
    fcntl = pytest.importorskip("fcntl")
    used = tmp_path / ".a-used"
    used.mkdir()
    with open(used / "writing", "ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        cache.write(tmp_path / "a", PAIRS)
        assert used.is_dir()


def test_a_damaged_list_of_digests_is_told(tmp_path):
    cache.write(tmp_path / "a", PAIRS)
    (tmp_path / "a" / "sha256.json").write_text("{")
    with pytest.raises(ValueError, match="damaged"):
        cache.read(tmp_path / "a")
