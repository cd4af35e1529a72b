"""A decoded copy of a data set: npy files that are memory-mapped."""

import hashlib
import json
import pathlib

import numpy as np

from kerassnn import folders
from kerassnn.drafts import replacing_folder
from kerassnn.files import read_json

DIGESTS = "sha256.json"
NAMES = "class_names.json"
KEYS = ("x_train", "y_train", "x_test", "y_test")


def folder(name, data_dir=None):
    """Where the decoded copy of a data set stands."""
    if data_dir is not None:
        return pathlib.Path(data_dir, "kerassnn", name)
    return folders.home() / name


def read(path):
    """((x_train, y_train), (x_test, y_test)), or None if there is no copy.

    Raises:
        ValueError: if a file is damaged.
    """
    try:
        digests = json.loads((path / DIGESTS).read_text())
    except FileNotFoundError:
        return None
    except ValueError:
        digests = {}
    arrays = {}
    for key in KEYS:
        file = path / f"{key}.npy"
        if not file.is_file() or _sha256(file) != digests.get(key):
            raise ValueError(
                f"expected {file} as it was written; it is damaged: remove "
                f"the folder {path} and load again"
            )
        mapped = np.load(file, mmap_mode="r", allow_pickle=False)
        arrays[key] = np.asarray(mapped)
    return _pairs(arrays)


def class_names(path):
    """Names of the classes that the copy holds, `()` where it holds none.

    Raises:
        ValueError: if the file is damaged.
    """
    found = read_json(path / NAMES) or []
    if not isinstance(found, list) or not all(
        isinstance(n, str) for n in found
    ):
        raise ValueError(f"{path / NAMES}: expected names, received: {found!r}")
    return tuple(found)


def write(path, pairs, class_names=()):
    """Writes the copy beside its place and moves it there in one step."""
    (x_train, y_train), (x_test, y_test) = pairs
    arrays = dict(zip(KEYS, (x_train, y_train, x_test, y_test), strict=True))
    with replacing_folder(path, DIGESTS) as draft:
        for key, array in arrays.items():
            np.save(draft / f"{key}.npy", array, allow_pickle=False)
        digests = {key: _sha256(draft / f"{key}.npy") for key in KEYS}
        if class_names:
            (draft / NAMES).write_text(json.dumps(class_names, indent=1))
        (draft / DIGESTS).write_text(json.dumps(digests, indent=1))


def _pairs(arrays):
    x_train, y_train, x_test, y_test = (arrays[key] for key in KEYS)
    return (x_train, y_train), (x_test, y_test)


def _sha256(file):
    with open(file, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
