import contextlib
import csv
import io
import json
import os
from pathlib import Path

TEMPORARY = "tmp-"


@contextlib.contextmanager
def replacing(path):
    """Yields a temporary path that takes the place of `path` at the end.

    A reader sees the old file or the new one, never a part of it, whenever
    the writer dies.
    """
    path = Path(path)
    # The ending stays: Keras chooses its format by it.
    temporary = path.with_name(f"{TEMPORARY}{path.name}")
    try:
        yield temporary
        with open(temporary, "rb") as file:
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path, text):
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(path, value):
    write_text(path, json.dumps(value, indent=2) + "\n")


def read_json(path):
    """Returns what a JSON file holds, `None` if there is no such file."""
    path = Path(path)
    if not path.is_file():
        return None
    return json.loads(path.read_text(encoding="utf-8"))


def write_rows(path, rows):
    """Writes dicts as CSV; a key that a row lacks is left empty."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_text(path, text.getvalue())


def read_rows(path):
    """Returns the dicts that `write_rows` has written, `[]` without a file."""
    path = Path(path)
    if not path.is_file():
        return []
    with open(path, encoding="utf-8", newline="") as file:
        return [
            {name: json.loads(text) for name, text in row.items() if text}
            for row in csv.DictReader(file)
        ]
