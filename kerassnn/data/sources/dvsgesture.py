"""DVS-Gesture: eleven gestures of 29 people before a DVS128.

Reference: Amir et al., A Low Power, Fully Event-Based Gesture Recognition
    System, CVPR 2017.
"""

import csv
import functools

import numpy as np

from kerassnn.data.events.reading import read_events
from kerassnn.data.events.recording import Recording
from kerassnn.data.events.recording import recording
from kerassnn.data.sources.layout import candidates
from kerassnn.data.sources.layout import fetch
from kerassnn.data.sources.layout import files

CLASSES = (
    "hand clapping",
    "right hand wave",
    "left hand wave",
    "right arm clockwise",
    "right arm counter-clockwise",
    "left arm clockwise",
    "left arm counter-clockwise",
    "arm roll",
    "air drums",
    "air guitar",
    "other gestures",
)
WIDTH, HEIGHT, CHANNELS = 128, 128, 2
LAYOUT = (
    "trials_to_train.txt, trials_to_test.txt, the .aedat files and their "
    "_labels.csv, or tonic's folders ibmGestureTrain and ibmGestureTest"
)
NAMES = ("dvsgesture", "DVSGesture", "DvsGesture")


def find(data_dir):
    """(train, test) as lists of (item, label), or `None`."""
    for folder in candidates(data_dir, NAMES):
        for root in (folder, folder / "DvsGesture"):
            for way in (_official, _of_tonic):
                parts = [way(root, part) for part in ("train", "test")]
                if all(parts):
                    return parts
    return None


def read(item):
    """The events between two times of a file, or those of an array."""
    path, *times = item
    if not times:
        array = np.load(path, allow_pickle=False)
        if array.ndim != 2 or array.shape[1] != 4:
            raise ValueError(
                f"expected {path} of shape (N, 4), received: {array.shape}"
            )
        x, y, p, t = array.T
        # Tonic's copy keeps milliseconds.
        return recording(x, y, t.astype("int64") * 1000, p, WIDTH, HEIGHT)
    events = _whole(path).events
    start, end = np.searchsorted(events["t"], times)
    if start == end:
        raise ValueError(
            f"expected events of {path} in {times}, received: none"
        )
    return Recording(events[start:end], WIDTH, HEIGHT)


def download(data_dir):
    fetch("DVSGesture", data_dir, [{"train": True}, {"train": False}])


# One file holds a dozen gestures, which stand together in the set.
_whole = functools.lru_cache(maxsize=1)(read_events)


def _official(folder, part):
    trials = folder / f"trials_to_{part}.txt"
    if not trials.is_file():
        return []
    pairs = []
    for name in trials.read_text().split():
        path = folder / name
        labels = path.with_name(f"{path.stem}_labels.csv")
        with open(labels, newline="") as file:
            for row in csv.DictReader(file):
                times = int(row["startTime_usec"]), int(row["endTime_usec"])
                pairs.append(((path, *times), int(row["class"]) - 1))
    return pairs


def _of_tonic(folder, part):
    root = folder / f"ibmGesture{part.capitalize()}"
    if not root.is_dir():
        return []
    users = sorted(f for f in root.iterdir() if f.is_dir())
    return [
        ((file,), int(file.stem))
        for user in users
        for file in files(user, (".npy",))
    ]
