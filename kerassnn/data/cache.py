"""A decoded copy of a data set: npy files that are memory-mapped."""

import hashlib
import json
import os
import pathlib
import shutil
import tempfile

import numpy as np

KEYS = ("x_train", "y_train", "x_test", "y_test")


def folder(name, data_dir=None):
    """Where the decoded copy of a data set stands."""
    if data_dir is not None:
        return pathlib.Path(data_dir, "kerassnn", name)
    home = os.environ.get("KERASSNN_HOME")
    if home:
        return pathlib.Path(home, name)
    keras_home = os.environ.get("KERAS_HOME", pathlib.Path.home() / ".keras")
    return pathlib.Path(keras_home, "kerassnn", name)


def read(path):
    """((x_train, y_train), (x_test, y_test)), or None if there is no copy.

    Raises:
        ValueError: if a file is damaged.
    """
    try:
        digests = json.loads((path / "sha256.json").read_text())
    except FileNotFoundError:
        return None
    arrays = {}
    for key in KEYS:
        file = path / f"{key}.npy"
        if not file.is_file() or _sha256(file) != digests[key]:
            raise ValueError(
                f"expected {file} as it was written; it is damaged: remove "
                f"the folder {path} and load again"
            )
        mapped = np.load(file, mmap_mode="r", allow_pickle=False)
        arrays[key] = np.asarray(mapped)
    return _pairs(arrays)


def write(path, pairs):
    """Writes the copy beside its place and moves it there in one step."""
    (x_train, y_train), (x_test, y_test) = pairs
    arrays = dict(zip(KEYS, (x_train, y_train, x_test, y_test), strict=True))
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = pathlib.Path(tempfile.mkdtemp(prefix=".", dir=path.parent))
    try:
        for key, array in arrays.items():
            np.save(draft / f"{key}.npy", array, allow_pickle=False)
        digests = {key: _sha256(draft / f"{key}.npy") for key in KEYS}
        (draft / "sha256.json").write_text(json.dumps(digests, indent=1))
        draft.chmod(0o755)
        os.replace(draft, path)
    except OSError:
        # Another process may have put the same copy there in the meantime.
        if not (path / "sha256.json").is_file():
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _pairs(arrays):
    x_train, y_train, x_test, y_test = (arrays[key] for key in KEYS)
    return (x_train, y_train), (x_test, y_test)


def _sha256(file):
    with open(file, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
