"""Plain arrays in an npz file."""

import zipfile
import zlib

import numpy as np

KEYS = ("x_train", "y_train", "x_test", "y_test")
# What zipfile and NumPy raise at files that are damaged or hold pickles.
DAMAGED = (
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    RuntimeError,
    TypeError,
    AttributeError,
)


def read(path):
    """Plain arrays x_train, y_train, x_test, y_test from an npz file."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            found = {key: arrays[key] for key in KEYS if key in arrays}
            names = arrays.files
    except DAMAGED as error:
        raise ValueError(
            f"expected {path} as an npz file of plain arrays, received: {error}"
        ) from error
    if set(found) != set(KEYS):
        raise ValueError(f"expected {path} with {KEYS}, received: {names}")
    x_train, y_train, x_test, y_test = (found[key] for key in KEYS)
    return _pair(x_train, y_train, path), _pair(x_test, y_test, path)


def _pair(x, y, path):
    if x.ndim == 3:  # keras.datasets gives grey images no channel axis.
        x = x[..., None]
    if x.dtype != np.uint8 or x.ndim != 4:
        raise ValueError(
            f"expected uint8 images (N, H, W, C) in {path}, received: "
            f"dtype={x.dtype}, shape={x.shape}"
        )
    if y.shape == (len(x), 1):  # keras.datasets writes a column.
        y = y[:, 0]
    return x, y.astype("int32") if y.dtype.kind in "ui" else y
