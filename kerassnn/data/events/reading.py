"""Recordings of event cameras, whatever their format."""

import os

from kerassnn import folders
from kerassnn.data.events.formats import aedat2
from kerassnn.data.events.formats import aedat3
from kerassnn.data.events.formats import aedat4
from kerassnn.data.events.formats import dat
from kerassnn.data.events.formats import mat
from kerassnn.data.events.formats import nmnist
from kerassnn.data.events.formats import npz
from kerassnn.data.events.recording import Recording

# How a file begins, and its reader.
MAGIC = {
    b"#!AER-DAT2": aedat2.read,
    b"#!AER-DAT3": aedat3.read,
    b"#!AER-DAT4": aedat4.read,
    b"MATLAB 5.0": mat.read,
    b"PK\x03\x04": npz.read,
    b"% ": dat.read,
}
ENDINGS = {".bin": nmnist.read, ".bs2": nmnist.read}


def read_events(path: str | os.PathLike) -> Recording:
    """Reads a recording of an event camera.

    Reads AEDAT 2.0 (DVS128, DAVIS), AEDAT 3 and 4, the `.bin` and `.bs2` of
    N-MNIST and N-Caltech101, Prophesee's `.dat` as of N-CARS, ST-MNIST's
    `.mat` and npz files (x, y, t, p, and width and height if they are
    there). The format is told by how a file begins, of `.bin` and `.bs2` by
    the name. Coordinates and polarities are those of the file: nothing is
    mirrored.

    Args:
        path: Path of the file; `~` is expanded.

    Returns:
        `kerassnn.data.Recording`: `events`, a structured array (x, y, t in
        microseconds, p), and the sensor's `width` and `height`. Where the
        format does not tell the sensor, it is the data set's, or else the
        smallest that holds all events.

    Raises:
        ValueError: if the file is empty, cut off, damaged, or of another
            format.
        FileNotFoundError: if there is no such file.
        ImportError: if a package is missing: `pip install kerassnn[events]`.

    Example:
        >>> recording = kerassnn.data.read_events("mug.aedat")
        >>> frames = kerassnn.data.frames(recording, 16)
    """
    path = folders.expanded(path)
    with open(path, "rb") as file:
        content = file.read()
    reader = ENDINGS.get(path.suffix.lower()) or _reader(content)
    if reader is None:
        raise ValueError(
            f"expected {path} to be AEDAT 2.0, 3 or 4, .bin, .bs2, .dat, .mat "
            f"or .npz, received: {len(content)} bytes that begin with "
            f"{content[:8]!r}"
        )
    try:
        return reader(content)
    except ImportError:
        raise
    except Exception as error:  # damage shows in whatever a reader trips over
        raise ValueError(
            f"expected {path} as a whole recording, received: {error}"
        ) from error


def _reader(content):
    for magic, reader in MAGIC.items():
        if content.startswith(magic):
            return reader
    return None
