"""Half-precision weight files, and digests."""

import os
import tempfile
from pathlib import Path

import h5py
import numpy as np

from kerassnn.zoo.registry import inside
from kerassnn.zoo.registry import urls
from kerassnn.zoo.remote import complete
from kerassnn.zoo.transfer import sha256

WEIGHTS = "model.weights.h5"


def check_digests(folder, card, names=None):
    """Raises ValueError unless the files are those the card was made of.

    Files that are not here are downloaded.

    Args:
        folder: Path of the entry.
        card: Its card.
        names: File names, or `None` for all that the card lists.

    Returns:
        Path of the folder in which they are: `folder`, or one in the cache.
    """
    names = list(card["sha256"] if names is None else names)
    folder = complete(folder, card, names, urls())
    for name in names:
        expected = card["sha256"][name]
        received = sha256(inside(folder, name))
        if received != expected:
            raise ValueError(
                f"{folder.name}/{name} is not the file that was published: "
                f"expected sha256={expected}, received: sha256={received}"
            )
    return folder


def save_half(model, path):
    """Writes a model's weights with its kernels in float16.

    Half the size at no loss that a test set shows; what normalises (one
    number a channel) keeps float32. Keras casts on loading.

    Args:
        model: Built Keras model.
        path: Path that ends in `.weights.h5`.
    """
    with tempfile.TemporaryDirectory() as folder:
        full = Path(folder, WEIGHTS)
        model.save_weights(full)
        half = Path(folder, "half.h5")
        # The oldest format spends kilobytes on every empty group.
        with (
            h5py.File(full, "r") as source,
            h5py.File(half, "w", libver=("v108", "v110")) as target,
        ):
            _copy(source, target)
        # Written beside its place first: the temporary folder may lie on
        # another disk, where a rename is no single step.
        part = Path(f"{path}.part")
        part.write_bytes(half.read_bytes())
        os.replace(part, path)


def load_half(model, folder, card):
    """Loads an entry's weights after checking digest and structure.

    Args:
        model: Model as the card's builder gives it.
        folder: Path of the entry.
        card: Its card.
    """
    folder = check_digests(folder, card, [WEIGHTS])
    path = inside(folder, WEIGHTS)
    with h5py.File(path, "r") as file:
        _check_own(file, path)
    model.load_weights(path)


def _copy(source, target):
    for key, value in source.attrs.items():
        target.attrs[key] = value
    for name, item in source.items():
        if isinstance(item, h5py.Group):
            _copy(item, target.create_group(name))
            continue
        array = _half(item[()], item.name)
        copied = target.create_dataset(name, data=array)
        for key, value in item.attrs.items():
            copied.attrs[key] = value


def _half(array, name):
    if array.ndim < 2 or not np.issubdtype(array.dtype, np.floating):
        return array
    largest = np.finfo("float16").max
    if not np.all(np.abs(array) <= largest):
        raise ValueError(
            f"expected weights within float16's {largest}, received: "
            f"{name} with {np.max(np.abs(array))}"
        )
    return array.astype("float16")


def _check_own(group, path):
    """HDF5 can point into other files: refuse all that is not in this one."""
    for name in group:
        link = group.get(name, getlink=True)
        if not isinstance(link, h5py.HardLink):
            _refuse(path, group, name)
        item = group[name]
        if isinstance(item, h5py.Group):
            _check_own(item, path)
        elif item.external or item.is_virtual:
            _refuse(path, group, name)


def _refuse(path, group, name):
    raise ValueError(
        f"{path.name}: expected data stored in the file itself, received: "
        f"{group.name}/{name}, which points elsewhere"
    )
