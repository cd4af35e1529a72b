"""Locks between processes, which the system frees however one ends."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None


@contextlib.contextmanager
def alone(path: str | os.PathLike, *, wait: bool = True) -> Iterator[bool]:
    """Holds a lock, one process at a time.

    Args:
        path: Path of the lock's file, in a folder that exists. The file is
            removed at the end; one that a killed process left is no lock.
        wait: Bool, whether to wait for another process that holds it.

    Yields:
        Bool; `False` where there are no locks, as on Windows and on some
        network file systems: another process may be at work, too.

    Raises:
        BlockingIOError: if another process holds it, and `wait` is false.
    """
    path = Path(path)
    while True:
        with open(path, "ab") as file:
            held = _lock(file, wait)
            # Whoever held it may have removed the file that was waited for.
            if held and not _is_at(file, path):
                continue
            try:
                yield held
            finally:
                if held:
                    path.unlink(missing_ok=True)
            return


def _lock(file, wait: bool) -> bool:
    if fcntl is None:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        raise
    except OSError:
        return False
    return True


def _is_at(file, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), os.stat(path))
    except FileNotFoundError:
        return False
