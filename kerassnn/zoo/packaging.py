"""What of the entries the wheel carries: the files that setup.cfg lists."""

import os
from pathlib import Path

from kerassnn.zoo import remote
from kerassnn.zoo.weights import WEIGHTS

SECTION = "[options.data_files]"
LARGEST = 5_000_000  # bytes of an entry that travels whole in the wheel


def ship(setup, entry):
    """Adds an entry to the wheel's data files.

    A large one travels without its weights, which its card pins and which
    are downloaded from `remote.URL`. Neither git nor the sdist takes them.

    Args:
        setup: Path of `setup.cfg`.
        entry: Path of the entry's folder, inside `zoo/`.

    Returns:
        Bool, whether the entry is in the wheel: a large one is not while
        there is no URL.
    """
    setup, entry = Path(setup), Path(entry)
    size = sum(file.stat().st_size for file in entry.iterdir())
    if size <= LARGEST:
        _list(setup, entry.name, ["*"])
        return True
    if remote.URL is None:
        return False
    names = sorted(file.name for file in entry.iterdir())
    _list(setup, entry.name, [name for name in names if name != WEIGHTS])
    path = f"zoo/{entry.name}/{WEIGHTS}"
    _append(setup.parent / ".gitignore", f"/{path}")
    _append(setup.parent / "MANIFEST.in", f"exclude {path}")
    return True


def _list(setup, entry, names):
    """Lists the entry's files, instead of what is listed of it already."""
    key, folder = f"share/kerassnn/zoo/{entry} =", f"zoo/{entry}/"
    # setuptools expands `*` in a line but maps each folder by its own key.
    added = [key, *(f"    {folder}{name}" for name in names)]
    if names == ["*"]:
        added = [f"{key} {folder}*"]
    text = setup.read_text(encoding="utf-8")
    if "\n".join(["", *added, ""]) in text:
        return
    old = (key, f"    {folder}")
    lines = [line for line in text.splitlines() if not line.startswith(old)]
    if SECTION not in lines:
        lines += ["", SECTION]
    start = lines.index(SECTION) + 1
    lines[start:start] = added
    _replace(setup, lines)


def _append(path, line):
    lines = path.read_text(encoding="utf-8").splitlines()
    if line not in lines:
        _replace(path, [*lines, line])


def _replace(path, lines):
    part = path.with_name(f"{path.name}.part")
    part.write_text("\n".join(lines) + "\n", encoding="utf-8")
    os.replace(part, path)
