"""N-MNIST: MNIST's digits before a moving camera, 34 x 34.

Reference: Orchard et al., Converting Static Image Datasets to Spiking
    Neuromorphic Datasets Using Saccades, 2015, arXiv 1507.07629.
"""

from kerassnn.data.events.reading import read_events
from kerassnn.data.sources.layout import candidates
from kerassnn.data.sources.layout import fetch
from kerassnn.data.sources.layout import labelled

CLASSES = tuple("0123456789")
WIDTH, HEIGHT, CHANNELS = 34, 34, 2
LAYOUT = "folders Train and Test, each with folders 0 to 9 of .bin files"


def find(data_dir):
    """(train, test) as lists of (item, label), or `None`."""
    for folder in candidates(data_dir, ("nmnist", "NMNIST", "N-MNIST")):
        parts = [
            labelled(folder / part, CLASSES, (".bin", ".bs2"))
            for part in ("Train", "Test")
        ]
        if all(parts):
            return parts
    return None


def read(item):
    return read_events(item)


def download(data_dir):
    fetch("NMNIST", data_dir, [{"train": True}, {"train": False}])
