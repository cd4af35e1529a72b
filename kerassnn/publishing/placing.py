"""An entry's folder takes its place in one step, or not at all."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from kerassnn.files import exchange
from kerassnn.locking import alone


@contextlib.contextmanager
def drafting(target: Path) -> Iterator[Path]:
    """Yields an empty folder beside `target`, to be made what `place` takes.

    One process at a time publishes a name. What one that was killed has left
    is removed, or put back if it was the entry.

    Raises:
        ValueError: if another process publishes the same name.
    """
    draft, old = _beside(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        lock = target.with_name(f".{target.name}.lock")
        try:
            stack.enter_context(alone(lock, wait=False))
        except BlockingIOError:
            raise ValueError(
                f"expected to publish {target.name} alone, received: another "
                f"process that publishes it into {target.parent}"
            ) from None
        if old.exists() and not target.exists():
            os.rename(old, target)
        _remove(draft, old)
        draft.mkdir()
        try:
            yield draft
        finally:
            _remove(draft, old)


def check_new(target: Path, overwrite: bool) -> None:
    """Raises ValueError if there is an entry, and it is to stay."""
    if target.exists() and not overwrite:
        raise ValueError(
            "expected a new entry or overwrite=True, received: "
            f"name={target.name!r}, which exists"
        )


def place(target: Path, overwrite: bool) -> None:
    """Puts the finished draft in the place of `target`.

    Raises:
        ValueError: as `check_new`.
    """
    draft, old = _beside(target)
    check_new(target, overwrite)
    if not target.exists():
        os.rename(draft, target)
    elif not exchange(draft, target):
        # Where nothing exchanges two folders there is none for an instant;
        # `drafting` finds the old one if the process ends in it.
        os.rename(target, old)
        os.rename(draft, target)


def _beside(target: Path) -> tuple[Path, Path]:
    """Of the draft, and of an entry that is being replaced."""
    return tuple(
        target.with_name(f".{target.name}.{end}") for end in ("draft", "old")
    )


def _remove(*folders: Path) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
