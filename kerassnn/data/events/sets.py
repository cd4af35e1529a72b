"""Event sets by name, as frames in a memory-mapped file."""

import functools
import hashlib
import json
import pathlib

import numpy as np

from kerassnn import folders
from kerassnn.data.arguments import check_int
from kerassnn.data.checks import check
from kerassnn.data.events import store
from kerassnn.data.events.framing import check_arguments
from kerassnn.data.events.framing import frames
from kerassnn.data.sources import cifar10dvs
from kerassnn.data.sources import dvsgesture
from kerassnn.data.sources import ncaltech101
from kerassnn.data.sources import nmnist
from kerassnn.data.sources import shd
from kerassnn.data.splits import Splits
from kerassnn.data.stratify import stratified

SETS = {
    "nmnist": nmnist,
    "cifar10dvs": cifar10dvs,
    "dvsgesture": dvsgesture,
    "ncaltech101": ncaltech101,
    "shd": shd,
}
MADE = "90 to 10 %, stratified, seed 0"
SHARE = 0.1  # of the recordings for testing, where a set has no split
FRAMING = {
    "timesteps": 10,
    "by": "count",
    "window": None,
    "size": None,
    "convention": "spikingjelly",
    "dtype": "uint16",
}


def load_events(name, given, download, framing):
    """An event set as frames, see `kerassnn.data.load`.

    Args:
        name: String, a key of `SETS`.
        given: Path of the folder of data sets, or `None`.
        download: Bool, whether tonic may download the set.
        framing: Dict, arguments of `kerassnn.data.frames`.

    Returns:
        `kerassnn.data.Splits` whose x are memory-mapped arrays
        (N, T, H, W, C).
    """
    source = SETS[name]
    framing = checked_framing(framing, (source.HEIGHT, source.WIDTH))
    folder = given if given is not None else folders.home() / "events"
    parts = _find(source, name, folder, download)
    train, test = parts if parts[1] is not None else _split(parts[0])
    classes, names = _classes(source, train, test)
    key = _key(name, framing, train, test)
    pairs = store.framed(
        folder / "kerassnn",
        folders.home,
        f"{name}-{key}",
        [
            (
                functools.partial(_framed, source, part, framing),
                [label for _, label in part],
            )
            for part in (train, test)
        ],
    )
    split = "official" if parts[1] is not None else MADE
    return as_splits(name, classes, names, pairs, source.CHANNELS, split)


def as_splits(name, classes, class_names, pairs, channels, split):
    """`Splits` of event frames, whose counts are taken as they are."""
    for x, y in pairs:
        check(x, y, classes)
    return Splits(
        name=name,
        classes=classes,
        scale=1.0,
        mean=(0.0,) * channels,
        std=(1.0,) * channels,
        train=pairs[0],
        validation=None,
        test=pairs[1],
        class_names=class_names,
        split=split,
    )


def checked_framing(framing, sensor):
    """All arguments of `frames`, with the defaults of sets.

    Args:
        framing: Dict of those given.
        sensor: Pair (height, width).
    """
    unknown = set(framing) - set(FRAMING)
    if unknown:
        raise ValueError(
            f"expected arguments of {tuple(FRAMING)}, received: "
            f"{', '.join(sorted(unknown))}"
        )
    framing = {**FRAMING, **framing}
    check_int("timesteps", framing["timesteps"], 1)
    size = check_arguments(**framing, sensor=sensor)
    # The sensor's own size, said or not, is one framing.
    return framing | {"size": None if tuple(size) == sensor else size}


def _find(source, name, folder, download):
    parts = source.find(folder) if folder.is_dir() else None
    if parts is None and download:
        source.download(folder)
        parts = source.find(folder)
    if parts is None:
        hint = (
            "KERASSNN_OFFLINE is set, so nothing is downloaded"
            if folders.offline()
            else "download=True downloads it there, through tonic"
        )
        raise ValueError(
            f"expected {name} in {folder}, that is {source.LAYOUT}, received: "
            f"none of it ({hint})"
        )
    return parts


def _split(pairs):
    """90 % for training, stratified; the draw is the same for ever."""
    labels = np.array([label for _, label in pairs])
    held = np.zeros(len(labels), bool)
    held[stratified(labels, round(SHARE * len(labels)), seed=0)] = True
    return (
        [pair for pair, test in zip(pairs, held, strict=True) if not test],
        [pair for pair, test in zip(pairs, held, strict=True) if test],
    )


def _classes(source, train, test):
    if source.CLASSES is not None:
        return len(source.CLASSES), source.CLASSES
    names = {label: item.parent.name for item, label in train + test}
    names = tuple(names[label] for label in sorted(names))
    return len(names), names


def _framed(source, pairs, framing):
    for item, _ in pairs:
        try:
            out = frames(source.read(item), **framing)
        except ValueError as error:
            raise ValueError(f"{_path(item)}: {error}") from error
        yield out[..., : source.CHANNELS]


def _path(item):
    return item if isinstance(item, pathlib.Path) else item[0]


def _key(name, framing, train, test):
    """A digest that another framing or other files change."""
    sizes = {}
    for item, _ in train + test:
        path = _path(item)
        if path not in sizes:
            sizes[path] = path.stat().st_size
    described = [name, framing, [len(train), len(test)]]
    described += [[str(path), size] for path, size in sizes.items()]
    text = json.dumps(described, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
