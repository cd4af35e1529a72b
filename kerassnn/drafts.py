"""Folders that appear whole or not at all."""

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from kerassnn.locking import alone

LOCK = "writing"
PATIENCE = 3600.0  # seconds after which a draft without a lock is abandoned


@contextlib.contextmanager
def replacing_folder(path: Path, done: str | None = None) -> Iterator[Path]:
    """Yields a new folder beside `path`, which takes its place at the end.

    Drafts that killed writers left behind are removed first, and so is a
    folder at `path` that is not whole.

    Args:
        path: Path of the folder to be.
        done: Name of the file whose presence says that a folder is whole.
            Where another process was faster, its folder stays. `None` for a
            folder that must not be there yet.

    Raises:
        OSError: if it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(path)
    # What begins with a dot and the name is a draft of this folder.
    prefix = f".{path.name}-"
    draft = Path(tempfile.mkdtemp(prefix=prefix, dir=path.parent))
    try:
        with alone(draft / LOCK):
            yield draft
        draft.chmod(0o755)
        if done and path.is_dir() and not (path / done).is_file():
            shutil.rmtree(path)
        os.replace(draft, path)
    except OSError:
        if not (done and (path / done).is_file()):
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _remove_abandoned(path):
    for draft in path.parent.glob(f".{path.name}-*"):
        with contextlib.suppress(OSError):
            if draft.is_dir() and _is_abandoned(draft):
                shutil.rmtree(draft, ignore_errors=True)


def _is_abandoned(draft):
    old = time.time() - draft.stat().st_mtime > PATIENCE
    if not (draft / LOCK).is_file():
        return old
    try:
        with alone(draft / LOCK, wait=False) as held:
            return held or old
    except BlockingIOError:
        return False
