"""CIFAR10-DVS: 10,000 images of CIFAR-10 moved before a DVS128.

Reference: Li et al., CIFAR10-DVS: An Event-Stream Dataset for Object
    Classification, Frontiers in Neuroscience 11:309, 2017.
"""

from kerassnn.data.constants import CONSTANTS
from kerassnn.data.events.reading import read_events
from kerassnn.data.sources.layout import candidates
from kerassnn.data.sources.layout import fetch
from kerassnn.data.sources.layout import labelled

CLASSES = CONSTANTS["cifar10"]["class_names"]
WIDTH, HEIGHT, CHANNELS = 128, 128, 2
LAYOUT = "a folder for each class, airplane to truck, of .aedat or .aedat4"
NAMES = ("cifar10dvs", "CIFAR10DVS", "CIFAR10-DVS")


def find(data_dir):
    """(all, `None`), since there is no official split, or `None`."""
    for folder in candidates(data_dir, NAMES):
        pairs = labelled(folder, CLASSES, (".aedat", ".aedat4"))
        if {label for _, label in pairs} == set(range(len(CLASSES))):
            return pairs, None
    return None


def read(item):
    return read_events(item)


def download(data_dir):
    fetch("CIFAR10DVS", data_dir, [{}])
