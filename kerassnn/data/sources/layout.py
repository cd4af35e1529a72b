"""What sources of several files share: folders, order, downloads."""

import pathlib
import re


def candidates(data_dir, names):
    """Folders that may hold a set: subfolders of these names, or itself."""
    folders = [pathlib.Path(data_dir, name) for name in names]
    return [f for f in (*folders, pathlib.Path(data_dir)) if f.is_dir()]


def files(folder, endings):
    """Files of a folder with these endings, in the order of their numbers."""
    found = [f for f in folder.iterdir() if f.suffix.lower() in endings]
    return sorted(found, key=lambda file: numbers(file.name))


def labelled(folder, classes, endings):
    """Pairs of a file and its label, of one subfolder for each class."""
    return [
        (file, label)
        for label, name in enumerate(classes)
        if (folder / name).is_dir()
        for file in files(folder / name, endings)
    ]


def fetch(name, data_dir, parts):
    """Downloads a set through tonic, into the folder tonic gives it.

    Args:
        name: String, a class of `tonic.datasets`.
        data_dir: Path.
        parts: List of dicts, arguments of each part of the set.
    """
    try:
        import tonic
    except ImportError as error:
        raise ImportError(
            f"{name} is downloaded through tonic: pip install kerassnn[events]"
        ) from error
    data_dir.mkdir(parents=True, exist_ok=True)
    try:
        for arguments in parts:
            getattr(tonic.datasets, name)(str(data_dir), **arguments)
    except Exception as error:
        raise RuntimeError(
            f"tonic could not provide {name}, with data_dir={data_dir}: "
            f"{type(error).__name__}: {error}"
        ) from error


def numbers(name):
    """What sorts names by the numbers in them, 2 before 10."""
    parts = re.split(r"(\d+)", name)
    return [int(p) if p.isdigit() else p for p in parts]
