import os

import numpy as np
import pytest

from kerassnn.data import cache


@pytest.fixture
def pairs():
    rng = np.random.default_rng(0)
    x = rng.integers(0, 256, (9, 4, 4, 3), dtype="uint8")
    y = np.arange(9, dtype="int32")
    return (x[:6], y[:6]), (x[6:], y[6:])


def test_what_is_written_is_read(tmp_path, pairs):
    path = tmp_path / "deep" / "cifar10"
    assert cache.read(path) is None
    cache.write(path, pairs)
    for pair, again in zip(pairs, cache.read(path), strict=True):
        for array, copy in zip(pair, again, strict=True):
            np.testing.assert_array_equal(array, copy)
            assert array.dtype == copy.dtype


def test_nothing_is_left_beside_the_copy(tmp_path, pairs):
    cache.write(tmp_path / "a", pairs)
    cache.write(tmp_path / "a", pairs)  # As a second process would.
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


def test_an_interrupted_write_leaves_no_copy(tmp_path, pairs, monkeypatch):
    def fail(*args, **kwargs):
        raise OSError("disk full")

    monkeypatch.setattr(np, "save", fail)
    with pytest.raises(OSError, match="disk full"):
        cache.write(tmp_path / "a", pairs)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("size", ["same", "shorter", "gone"])
def test_damage_is_found(tmp_path, pairs, size):
    cache.write(tmp_path / "a", pairs)
    file = tmp_path / "a" / "x_train.npy"
    content = bytearray(file.read_bytes())
    content[-5] ^= 1
    file.write_bytes(content if size == "same" else content[:-50])
    if size == "gone":
        os.remove(file)
    with pytest.raises(ValueError, match="x_train.npy"):
        cache.read(tmp_path / "a")


def test_where_copies_stand(tmp_path, monkeypatch):
    given = cache.folder("cifar10", tmp_path)
    assert given == tmp_path / "kerassnn" / "cifar10"
    monkeypatch.setenv("KERASSNN_HOME", str(tmp_path / "home"))
    assert cache.folder("cifar10") == tmp_path / "home" / "cifar10"
    monkeypatch.delenv("KERASSNN_HOME")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    assert cache.folder("cifar10") == tmp_path / "kerassnn" / "cifar10"
