import contextlib
import csv
import ctypes
import hashlib
import io
import json
import os
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PathLike = str | os.PathLike
TEMPORARY = "tmp-"
LARGEST = 1 << 26  # bytes of a file of JSON or of rows, at most


@contextlib.contextmanager
def replacing(path: PathLike) -> Iterator[Path]:
    """Yields a temporary path that takes the place of `path` at the end.

    A reader sees the old file or the new one, never a part of it, whenever
    the writer dies.
    """
    path = Path(path)
    # Two writers of one file need two names, or one publishes the other's
    # half. The ending stays: Keras chooses its format by it.
    own = secrets.token_hex(4)
    temporary = path.with_name(f"{TEMPORARY}{own}-{path.name}")
    try:
        yield temporary
        with open(temporary, "rb") as file:
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: PathLike, text: str) -> None:
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(path: PathLike, value: Any) -> None:
    write_text(path, json.dumps(value, indent=2) + "\n")


def read_json(path: PathLike) -> Any:
    """Returns what a JSON file holds, `None` if there is no such file.

    Raises:
        ValueError: if it is not JSON; the message names the file.
    """
    path = Path(path)
    if not path.is_file():
        return None
    _check_size(path)
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path}: expected JSON, received: {error}") from None


def write_rows(path: PathLike, rows: list[dict]) -> None:
    """Writes dicts as CSV; a key that a row lacks is left empty."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_text(path, text.getvalue())


def read_rows(path: PathLike) -> list[dict]:
    """Returns the dicts that `write_rows` has written, `[]` without a file.

    Raises:
        ValueError: if it is not such a table; the message names the file.
    """
    path = Path(path)
    if not path.is_file():
        return []
    _check_size(path)
    try:
        with open(path, encoding="utf-8", newline="") as file:
            return [
                {name: json.loads(text) for name, text in row.items() if text}
                for row in csv.DictReader(file)
            ]
    except (ValueError, TypeError, RecursionError, csv.Error) as error:
        raise ValueError(
            f"{path}: expected a table of numbers, received: {error}"
        ) from None


def _check_size(path):
    """A file with a hole of gigabytes is small on a disk, not in memory."""
    size = path.stat().st_size
    if size > LARGEST:
        raise ValueError(
            f"{path}: expected at most {LARGEST} bytes, received: {size}"
        )


def sha256(path: PathLike) -> str:
    """Returns the digest of a file, as hexadecimal digits."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def exchange(first: PathLike, second: PathLike) -> bool:
    """Exchanges two files or folders in one step.

    Returns:
        Bool; `False` if the system, or the file system, cannot.
    """
    if sys.platform != "linux":
        return False
    rename = getattr(ctypes.CDLL(None), "renameat2", None)
    if rename is None:
        return False
    here, swap = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    places = os.fsencode(first), os.fsencode(second)
    return rename(here, places[0], here, places[1], swap) == 0
