"""Frames of a whole set in files that are memory-mapped."""

import errno
import json
import sys
import time
import warnings

import numpy as np

from kerassnn.drafts import replacing_folder

DONE = "done.json"
PARTS = ("train", "test")
PATIENCE = 5.0  # seconds between two lines of progress


def framed(place, other, name, parts):
    """The frames of a set: made once, then read from their files.

    Args:
        place: Path of the folder that holds them.
        other: Callable that gives another such folder, for where the first
            cannot be written.
        name: String, names the set and how it is framed.
        parts: Two pairs, for training and testing: a callable that gives an
            iterator of N arrays (T, H, W, C), and N labels.

    Returns:
        Two pairs: memory-mapped array (N, T, H, W, C), labels (N,) int32.
    """
    path = place / name
    if not (path / DONE).is_file():
        try:
            _write(path, name, parts)
        except OSError as error:
            if error.errno not in (errno.EACCES, errno.EPERM, errno.EROFS):
                raise
            path = other() / name
            if not (path / DONE).is_file():
                warnings.warn(
                    f"frames are kept in {path}: {place}: {error.strerror}",
                    stacklevel=4,
                )
                _write(path, name, parts)
    return _read(path)


def _write(path, name, parts):
    total = sum(len(labels) for _, labels in parts)
    progress = _Progress(name, total)
    with replacing_folder(path, DONE) as draft:
        for part, (recordings, labels) in zip(PARTS, parts, strict=True):
            file = None
            for index, x in enumerate(recordings()):
                if file is None:
                    file = np.lib.format.open_memmap(
                        draft / f"x_{part}.npy",
                        mode="w+",
                        dtype=x.dtype,
                        shape=(len(labels), *x.shape),
                    )
                file[index] = x
                progress.step()
            file.flush()
            labels = np.asarray(labels, "int32")
            np.save(draft / f"y_{part}.npy", labels, allow_pickle=False)
        (draft / DONE).write_text(json.dumps({"recordings": total}))
    progress.end()


class _Progress:
    """Lines on stderr, for what takes longer than a few seconds."""

    def __init__(self, name, total):
        self.name, self.total, self.done = name, total, 0
        self.begun = self.shown = time.monotonic()

    def step(self):
        self.done += 1
        if time.monotonic() - self.shown > PATIENCE:
            self.shown = time.monotonic()
            self._tell(f"{self.done} of {self.total} recordings")

    def end(self):
        if self.shown != self.begun:
            self._tell(f"all {self.total} recordings")

    def _tell(self, text):
        seconds = time.monotonic() - self.begun
        print(
            f"{self.name}: {text} framed, {seconds:.0f} s",
            file=sys.stderr,
            flush=True,
        )


def _read(path):
    pairs = []
    for part in PARTS:
        try:
            x = np.load(
                path / f"x_{part}.npy", mmap_mode="r", allow_pickle=False
            )
            y = np.load(path / f"y_{part}.npy", allow_pickle=False)
        except (OSError, ValueError) as error:
            raise ValueError(
                f"expected {path} as it was written; it is damaged: remove "
                f"the folder and load again ({error})"
            ) from error
        pairs.append((x, y))
    return tuple(pairs)
