"""SHD, the Spiking Heidelberg Digits: 20 spoken digits in 700 channels.

Reference: Cramer et al., The Heidelberg Spiking Data Sets for the Systematic
    Evaluation of Spiking Neural Networks, 2020, arXiv 1910.07407.
"""

import h5py
import numpy as np

from kerassnn.data.events.recording import recording
from kerassnn.data.sources.layout import candidates
from kerassnn.data.sources.layout import fetch

_ENGLISH = "zero one two three four five six seven eight nine"
_GERMAN = "null eins zwei drei vier fuenf sechs sieben acht neun"
CLASSES = tuple(_ENGLISH.split() + _GERMAN.split())
WIDTH, HEIGHT, CHANNELS = 700, 1, 1
LAYOUT = "shd_train.h5 and shd_test.h5"


def find(data_dir):
    """(train, test) as lists of (item, label), or `None`."""
    for folder in candidates(data_dir, ("shd", "SHD", "hsd")):
        paths = [folder / f"shd_{part}.h5" for part in ("train", "test")]
        if all(path.is_file() for path in paths):
            return [_items(path) for path in paths]
    return None


def read(item):
    """Spikes as events of one row of 700 pixels, all of polarity 0."""
    path, index = item
    with h5py.File(path) as file:
        x = file["spikes/units"][index]
        seconds = file["spikes/times"][index].astype("float64")
    order = np.argsort(seconds, kind="stable")
    t = (seconds[order] * 1e6).astype("int64")
    zero = np.zeros(len(x), "u1")
    return recording(x[order], zero, t, zero, WIDTH, HEIGHT)


def download(data_dir):
    fetch("SHD", data_dir, [{"train": True}, {"train": False}])


def _items(path):
    try:
        with h5py.File(path) as file:
            labels = file["labels"][:].astype(int).tolist()
    except (OSError, KeyError) as error:
        raise ValueError(
            f"expected {path} of SHD, received: {error}"
        ) from error
    return [((path, index), label) for index, label in enumerate(labels)]
