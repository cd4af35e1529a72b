"""Tiny-ImageNet from a folder and from a zip file of its layout."""

import functools
import sys

import numpy as np
import pytest

from kerassnn import data
from tests.data import archives

files = functools.lru_cache(archives.files)
WRITERS = {"folder": archives.write_folder, "zip": archives.write_zip}
ANNOTATIONS = "val/val_annotations.txt"
FIRST = f"train/{archives.WNIDS[0]}/images/{archives.WNIDS[0]}_9.JPEG"


@pytest.mark.parametrize("kind", WRITERS)
def test_images_labels_and_names(tmp_path, kind):
    WRITERS[kind](tmp_path, files())
    for _ in range(2):  # from the archive, then from the decoded copy
        splits = data.load("tinyimagenet", data_dir=tmp_path)
        (x, y), (test, labels) = splits.train, splits.test
        assert x.shape == (400, 64, 64, 3) and test.shape == (200, 64, 64, 3)
        # In turns, so that the first images are of all classes.
        np.testing.assert_array_equal(y, np.arange(400) % 200)
        np.testing.assert_array_equal(
            archives.shades(x), y + (np.arange(400) > 199)
        )
        np.testing.assert_array_equal(labels, np.arange(200) * 13 % 200)
        np.testing.assert_array_equal(archives.shades(test), labels)
        assert splits.class_names[:2] == ("name 0", "name 1")
        assert splits.class_names[6] == f"name 6 ({archives.WNIDS[6]})"
        assert len(set(splits.class_names)) == splits.classes == 200
        for path in tmp_path.glob("tiny-imagenet-200*"):
            path.rename(tmp_path / "away")
    assert not list(tmp_path.glob("train*"))


BOMB = archives.jpeg(0, size=(2000, 64))
SPOILT = {
    "no wnids": ({"wnids.txt": None}, "expected tinyimagenet in|wnids.txt"),
    "no list": ({ANNOTATIONS: None}, ANNOTATIONS),
    "few classes": ({"wnids.txt": b"n01440764"}, "200 different ids"),
    "an empty class": (
        {FIRST: None, FIRST.replace("_9", "_10"): None},
        "train",
    ),
    "another size": ({FIRST: BOMB}, "2000"),
    "no image": ({FIRST: b"JPEG"}, "_9.JPEG"),
    "outside": ({ANNOTATIONS: b"../../x.JPEG\tn01440764"}, "x.JPEG"),
    "an unknown class": ({ANNOTATIONS: b"val_0.JPEG\tn0"}, "val_0.JPEG"),
}


@pytest.mark.parametrize("name", SPOILT)
def test_what_is_spoilt_is_told(tmp_path, name):
    changes, message = SPOILT[name]
    changed = {**files(), **changes}
    kept = {n: c for n, c in changed.items() if c is not None}
    archives.write_zip(tmp_path, kept)
    with pytest.raises(ValueError, match=message):
        data.load("tinyimagenet", data_dir=tmp_path)
    assert not (tmp_path / "kerassnn").exists()


def test_damaged_zip_files_are_told(tmp_path):
    path = tmp_path / "tiny-imagenet-200.zip"
    path.write_bytes(b"PK" + bytes(40))
    with pytest.raises(ValueError, match="tiny-imagenet-200.zip"):
        data.load("tinyimagenet", data_dir=tmp_path)
    archives.write_zip(tmp_path, files())
    content = bytearray(path.read_bytes())
    start = content.index(files()[FIRST][:60])
    content[start + 100] ^= 255
    path.write_bytes(content)
    with pytest.raises(ValueError, match="_9.JPEG.*damaged"):
        data.load("tinyimagenet", data_dir=tmp_path)


def test_a_file_that_would_fill_the_memory_is_not_read(tmp_path):
    huge = {**files(), "words.txt": bytes(17 * 2**20)}
    archives.write_zip(tmp_path, huge)
    with pytest.raises(ValueError, match="at most.*words.txt"):
        data.load("tinyimagenet", data_dir=tmp_path)


def test_a_folder_without_the_set_is_told(tmp_path, monkeypatch):
    for download in (None, True):
        with pytest.raises(ValueError, match="tiny-imagenet-200.zip"):
            data.load("tinyimagenet", data_dir=tmp_path, download=download)
    with pytest.raises(ValueError, match="typo"):
        data.load("tinyimagenet", data_dir=tmp_path / "typo")
    monkeypatch.setenv("KERASSNN_DATA", str(tmp_path))
    with pytest.raises(ValueError, match=tmp_path.name):
        data.load("tinyimagenet")
    assert not list(tmp_path.iterdir())


def test_a_missing_package_is_named(tmp_path, monkeypatch):
    archives.write_folder(tmp_path, {"wnids.txt": b""})
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(ImportError, match="pip install"):
        data.load("tinyimagenet", data_dir=tmp_path)
