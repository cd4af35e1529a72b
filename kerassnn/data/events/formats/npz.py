"""Plain arrays x, y, t and p in an npz file."""

import io
import zipfile
import zlib

import numpy as np

from kerassnn.data.events.recording import FIELDS
from kerassnn.data.events.recording import recording

# What zipfile and NumPy raise at damaged files, besides ValueError.
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    RuntimeError,
    TypeError,
    KeyError,
    AttributeError,
    MemoryError,
)


def read(content):
    """Events of the arrays x, y, t, p; numbers width, height if given."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            if not set(FIELDS) <= set(arrays.files):
                raise ValueError(f"arrays {arrays.files} in place of {FIELDS}")
            fields = [arrays[name] for name in FIELDS]
            size = [
                int(arrays[name]) if name in arrays.files else None
                for name in ("width", "height")
            ]
    except DAMAGED as error:
        raise ValueError(f"a damaged npz file: {error}") from error
    for name, field in zip(FIELDS, fields, strict=True):
        if field.ndim != 1 or field.dtype.kind not in "iub":
            raise ValueError(
                f"{name} of dtype {field.dtype} and shape {field.shape} in "
                "place of whole numbers (N,)"
            )
    x, y, t, p = fields
    if len(p) and (p.min() < -1 or p.max() > 1):
        raise ValueError(f"p from {p.min()} to {p.max()}")
    return recording(x, y, t, p > 0, *size)
