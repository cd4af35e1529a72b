"""N-Caltech101: Caltech-101's images before a moving camera.

Reference: Orchard et al., Converting Static Image Datasets to Spiking
    Neuromorphic Datasets Using Saccades, 2015, arXiv 1507.07629.
"""

from kerassnn.data.events.reading import read_events
from kerassnn.data.events.recording import Recording
from kerassnn.data.sources.layout import candidates
from kerassnn.data.sources.layout import fetch
from kerassnn.data.sources.layout import labelled

CLASSES = None  # as many as there are folders, in alphabetical order
WIDTH, HEIGHT, CHANNELS = 240, 180, 2  # recordings differ; none is larger
LAYOUT = "a folder Caltech101 with a folder of .bin files for each class"


def find(data_dir):
    """(all, `None`), since there is no official split, or `None`."""
    for folder in candidates(data_dir, ("ncaltech101", "NCALTECH101")):
        pairs = labelled(
            folder / "Caltech101", classes(folder), (".bin", ".bs2")
        )
        if pairs:
            return pairs, None
    return None


def classes(folder):
    """Names of the classes: the folders that are there."""
    root = folder / "Caltech101"
    if not root.is_dir():
        return ()
    return tuple(sorted(f.name for f in root.iterdir() if f.is_dir()))


def read(item):
    return Recording(read_events(item).events, WIDTH, HEIGHT)


def download(data_dir):
    fetch("NCALTECH101", data_dir, [{}])
