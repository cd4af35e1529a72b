"""A NIR file, looked at before it is read."""

import os
import pathlib
from typing import Any

LARGEST = 1 << 30  # bytes of all arrays
DEEPEST = 8
PAIRS = 100_000


def read_graph(path: str | os.PathLike) -> Any:
    """The graph of a file, of whose sizes and links nothing is taken on trust.

    Args:
        path: Path of an HDF5 file as `nir.write` makes it.

    Returns:
        `nir.NIRGraph`.

    Raises:
        ValueError: if the file is damaged, points elsewhere, holds more than
            1 GiB or no graph. The file's name is in the message.
        ImportError: without the package `nir` (extra `nir`).
    """
    path = pathlib.Path(path)
    library = nir_library()
    if not path.is_file():
        raise ValueError(f"expected a NIR file, received: {str(path)!r}")
    try:
        _check_content(path)
        found = library.read(path)
    except Exception as error:  # whatever h5py and nir raise
        raise ValueError(
            f"expected a NIR file, received: {str(path)!r}, which cannot be "
            f"read: {type(error).__name__}: {error}"
        ) from error
    if not isinstance(found, library.NIRGraph):
        raise ValueError(
            f"expected a NIR graph, received: {str(path)!r}, which holds a "
            f"{type(found).__name__}"
        )
    return found


def nir_library() -> Any:
    """The package `nir`.

    Raises:
        ImportError: without it.
    """
    try:
        import nir
    except ImportError as error:
        raise ImportError(
            "graphs are read and written by nir: pip install kerassnn[nir]"
        ) from error
    return nir


def _check_content(path):
    import h5py

    left = [LARGEST, PAIRS]

    def look(group, depth):
        if depth > DEEPEST:
            raise ValueError(f"expected groups at most {DEEPEST} deep")
        for name in group:
            left[1] -= 1
            if left[1] < 0:
                raise ValueError(f"expected at most {PAIRS} names")
            link = group.get(name, getlink=True)
            if not isinstance(link, h5py.HardLink):
                raise ValueError(f"expected no links, received: {name!r}")
            item = group[name]
            if isinstance(item, h5py.Group):
                look(item, depth + 1)
                continue
            if item.external or item.is_virtual:
                raise ValueError(f"expected {name!r} in the file itself")
            left[0] -= item.nbytes
            if left[0] < 0:
                raise ValueError(f"expected at most {LARGEST} bytes of arrays")

    with h5py.File(path, "r") as file:
        look(file, 0)
