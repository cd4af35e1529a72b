"""Tiny-ImageNet: 200 classes of ImageNet, 64x64, from its own archive.

A label is a line of `wnids.txt`. Images stand in turns, one of each class, so
that the first ones are of all classes.

Reference: Le and Yang, Tiny ImageNet Visual Recognition Challenge, report of
    Stanford's course CS 231N, 2015.
"""

import contextlib
import io
import zipfile

import numpy as np

from kerassnn import folders
from kerassnn.data.constants import CONSTANTS
from kerassnn.data.constants import SHAPES
from kerassnn.data.sources.layout import candidates
from kerassnn.data.sources.layout import numbers
from kerassnn.data.sources.npz import DAMAGED

NAME = "tinyimagenet"
ROOT = "tiny-imagenet-200"
NAMES = (ROOT, NAME, "TinyImageNet")
LISTS = ("wnids.txt", "words.txt", "val/val_annotations.txt")
LARGEST = 16 * 2**20  # bytes of a file; words.txt has 2.7 million
ADDRESS = f"http://cs231n.stanford.edu/{ROOT}.zip"


def read(data_dir):
    """The set from the folder, or the zip file, that the archive is.

    Nothing is unpacked: images are decoded out of the zip file.

    Args:
        data_dir: Path of the folder that holds it, or `None` for the user's
            folder of kerassnn.

    Returns:
        Pairs ((x_train, y_train), (x_test, y_test)), and 200 names.

    Raises:
        ValueError: if it is not there, lacks a part, or a file is damaged.
        ImportError: if Pillow is not installed.
    """
    place = _find(folders.home() if data_dir is None else data_dir)
    try:
        from PIL import Image
    except ImportError as error:
        raise ImportError(
            f"{NAME} is decoded by Pillow: pip install kerassnn[images]"
        ) from error
    with _opened(place) as (names, load):
        wnids = _wnids(place, names, load)
        train = _train(place, names, wnids)
        test = _annotated(place, names, load, wnids)
        pairs = tuple(
            (_decoded(place, files, load, Image), np.array(labels, "int32"))
            for files, labels in (train, test)
        )
        return pairs, _class_names(names, load, wnids)


def _find(folder):
    for place in candidates(folder, NAMES):
        if (place / "wnids.txt").is_file():
            return place
        if (place / f"{ROOT}.zip").is_file():
            return place / f"{ROOT}.zip"
    raise ValueError(
        f"expected {NAME} in {folder}, that is {ROOT}.zip of {ADDRESS}, or the "
        "folder it unpacks to, with wnids.txt, train and val, received: none "
        "of it (it is not downloaded for you)"
    )


@contextlib.contextmanager
def _opened(place):
    """Sorted names of the files, and a function that reads one."""
    if place.is_dir():
        found = [*place.glob("train/*/images/*"), *place.glob("val/images/*")]
        names = [file.relative_to(place).as_posix() for file in found]
        names += [name for name in LISTS if (place / name).is_file()]
        yield sorted(names, key=numbers), lambda n: (place / n).read_bytes()
        return
    try:
        file = zipfile.ZipFile(place)
    except DAMAGED as error:
        raise ValueError(
            f"expected {place} as a zip file, received: {error}"
        ) from error
    with file:
        members = {
            info.filename.removeprefix(f"{ROOT}/"): info
            for info in file.infolist()
            if not info.is_dir()
        }

        def load(name):
            return _member(place, file, members[name])

        yield sorted(members, key=numbers), load


def _member(place, file, info):
    if info.file_size > LARGEST:
        raise ValueError(
            f"expected files of at most {LARGEST} bytes in {place}, received: "
            f"{info.filename} of {info.file_size}"
        )
    try:
        return file.read(info)
    except DAMAGED as error:
        raise ValueError(
            f"expected {info.filename} in {place}, received: a damaged file "
            f"({error})"
        ) from error


def _lines(load, name):
    return load(name).decode("utf-8", "replace").splitlines()


def _wnids(place, names, load):
    missing = [name for name in (LISTS[0], LISTS[2]) if name not in names]
    if missing:
        raise ValueError(
            f"expected {place} with {', '.join(missing)}, received: none"
        )
    wnids = " ".join(_lines(load, "wnids.txt")).split()
    classes = CONSTANTS[NAME]["classes"]
    if len(set(wnids)) != classes or len(wnids) != classes:
        raise ValueError(
            f"expected {classes} different ids in {place}, wnids.txt, "
            f"received: {len(wnids)}, {len(set(wnids))} of them different"
        )
    return wnids


def _train(place, names, wnids):
    """Files and labels of the training images, the classes in turns."""
    files = {wnid: [] for wnid in wnids}
    for name in names:
        part, _, rest = name.partition("/")
        wnid, _, file = rest.partition("/images/")
        if part == "train" and file and wnid in files:
            files[wnid].append(name)
    empty = [wnid for wnid, found in files.items() if not found]
    if empty:
        raise ValueError(
            f"expected images of every class in {place}, train/ID/images, "
            f"received: none of {len(empty)} classes, for instance {empty[0]}"
        )
    ordered = sorted(
        (turn, label, name)
        for label, wnid in enumerate(wnids)
        for turn, name in enumerate(files[wnid])
    )
    return [name for _, _, name in ordered], [label for _, label, _ in ordered]


def _annotated(place, names, load, wnids):
    """Files and labels of the validation images, in the order of the list."""
    known = {wnid: label for label, wnid in enumerate(wnids)}
    there, files, labels = set(names), [], []
    for line in _lines(load, "val/val_annotations.txt"):
        if not line.strip():
            continue
        name, _, rest = line.partition("\t")
        wnid = rest.partition("\t")[0].strip()
        # A name that leads elsewhere is none of those that are listed.
        if f"val/images/{name}" not in there or wnid not in known:
            raise ValueError(
                f"expected an image of val/images and its class in {place}, "
                f"val/val_annotations.txt, received: {line[:80]!r}"
            )
        files.append(f"val/images/{name}")
        labels.append(known[wnid])
    return files, labels


def _decoded(place, files, load, image):
    """The images as one uint8 array (N, 64, 64, 3), grey ones as RGB."""
    shape, damaged = SHAPES[NAME], (OSError, ValueError, SyntaxError)
    out = np.empty((len(files), *shape), "uint8")
    for row, name in zip(out, files, strict=True):
        try:
            with image.open(io.BytesIO(load(name)), formats=["JPEG"]) as found:
                if found.size != shape[1::-1]:
                    raise ValueError(f"an image of {found.size} pixels")
                row[:] = np.asarray(found.convert("RGB"))
        except (*damaged, image.DecompressionBombError) as error:
            raise ValueError(
                f"expected {name} in {place} as a JPEG of {shape[0]}x"
                f"{shape[1]} pixels, received: {error}"
            ) from error
    return out


def _class_names(names, load, wnids):
    """The first word of each class, with its id where two share one."""
    if "words.txt" not in names:
        return tuple(wnids)
    words = {}
    for line in _lines(load, "words.txt"):
        wnid, _, text = line.partition("\t")
        words[wnid.strip()] = text.partition(",")[0].strip()
    found = [words.get(wnid) or wnid for wnid in wnids]
    return tuple(
        f"{name} ({wnid})" if found.count(name) > 1 else name
        for name, wnid in zip(found, wnids, strict=True)
    )
