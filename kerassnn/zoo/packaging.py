"""Which entries the wheel carries: those that setup.cfg lists."""

import os
from pathlib import Path

SECTION = "[options.data_files]"
LARGEST = 5_000_000  # bytes of an entry that travels in the wheel


def ship(setup, entry):
    """Adds a small entry to the wheel's data files.

    setuptools expands `*` in a line but maps each folder by its own line, so
    every entry has one.

    Args:
        setup: Path of `setup.cfg`.
        entry: Path of the entry's folder, inside `zoo/`.

    Returns:
        Bool, whether the entry is in the wheel.
    """
    size = sum(file.stat().st_size for file in Path(entry).iterdir())
    if size > LARGEST:
        return False
    name = Path(entry).name
    line = f"share/kerassnn/zoo/{name} = zoo/{name}/*"
    lines = Path(setup).read_text(encoding="utf-8").splitlines()
    if line not in lines:
        if SECTION not in lines:
            lines += ["", SECTION]
        lines.insert(lines.index(SECTION) + 1, line)
        part = Path(f"{setup}.part")
        part.write_text("\n".join(lines) + "\n", encoding="utf-8")
        os.replace(part, setup)
    return True
