"""Lets one process at a time write into a folder."""

import contextlib
import sys

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None


@contextlib.contextmanager
def alone(folder):
    """Waits until no other process writes into a folder, and holds it.

    The system frees it when the process ends, in whatever way.

    Args:
        folder: Path that exists.

    Yields:
        Bool; `False` where there are no locks, as on Windows and on some
        network file systems: another process may be at work, too.
    """
    with open(folder / ".lock", "ab") as file:
        yield _lock(file, folder)


def _lock(file, folder):
    if fcntl is None:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        text = f"waiting for another process that downloads into {folder}"
        print(text, file=sys.stderr, flush=True)
        fcntl.flock(file, fcntl.LOCK_EX)
    except OSError:
        return False
    return True
