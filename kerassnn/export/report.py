"""Whether a file computes what the network does."""

import dataclasses
import pathlib

import numpy as np

SAMPLES = 8  # made up where no `check` is given
# Another order of summation can move a potential across its threshold, and
# with it the logits of one sample; a wrong graph moves all.
TOLERANCE = 1e-3
DISAGREEING = 1 / 8


@dataclasses.dataclass(frozen=True)
class Report:
    """What was written, and how close it is.

    Args:
        path: Path of the file or folder.
        bytes: Int, its size.
        samples: Int, inputs on which it was compared.
        agreeing: Int, those whose outputs are the network's within 1e-3 of
            their spread.
        difference: Float, the largest difference of an output, of all
            samples.
        same_class: Int, samples with the same largest logit.
    """

    path: pathlib.Path
    bytes: int
    samples: int
    agreeing: int
    difference: float
    same_class: int


def check_inputs(check, shape):
    """The inputs to compare on: those given, or seeded normal numbers.

    Args:
        check: Array (N, ...) or `None`.
        shape: Tuple, of one sample.

    Raises:
        ValueError: if `check` has another shape, or is not finite.
    """
    if check is None:
        rng = np.random.default_rng(0)
        return rng.normal(size=(SAMPLES, *shape)).astype("float32")
    check = np.asarray(check)
    if check.shape[1:] != tuple(shape) or not len(check):
        raise ValueError(
            f"expected check of shape (N, {', '.join(map(str, shape))}), "
            f"received: check of shape {check.shape}"
        )
    if check.dtype.kind not in "fiu" or not np.isfinite(check).all():
        raise ValueError(
            "expected check of finite numbers, received: check of dtype "
            f"{check.dtype}"
        )
    return check.astype("float32")


def compare(path, expected, received, exact=True):
    """The `Report` of a file's outputs beside the network's.

    Args:
        path: Path of what was written.
        expected: Array (N, ...), of the network.
        received: Array (N, ...), of the file.
        exact: Bool. `False` for files of lower precision, whose differences
            are told and not judged.

    Raises:
        ValueError: if more than an eighth of the samples differ.
    """
    if expected.shape != received.shape or not np.isfinite(received).all():
        raise ValueError(
            f"expected outputs of shape {expected.shape}, all finite, "
            f"received: shape {received.shape} from the written file"
        )
    rows = (len(expected), -1)
    difference = np.abs(expected - received).reshape(rows).max(1)
    good = difference <= TOLERANCE * max(1.0, float(expected.std()))
    if exact and (~good).sum() > DISAGREEING * len(good):
        raise ValueError(
            f"expected the file to compute what the network does, received: "
            f"{int((~good).sum())} of {len(good)} samples differ, by up to "
            f"{difference.max():.3g}; it is not kept"
        )
    same = expected.reshape(rows).argmax(1) == received.reshape(rows).argmax(1)
    return Report(
        path=path,
        bytes=size(path),
        samples=len(good),
        agreeing=int(good.sum()),
        difference=float(difference.max()),
        same_class=int(same.sum()),
    )


def size(path):
    """Bytes of a file, or of all files of a folder."""
    if path.is_dir():
        return sum(f.stat().st_size for f in path.rglob("*") if f.is_file())
    return path.stat().st_size


def checked_path(path, suffix):
    """The path of a file to write; ValueError on another ending."""
    path = pathlib.Path(path)
    if path.suffix != suffix or not path.parent.is_dir():
        raise ValueError(
            f"expected a path that ends in {suffix}, in a folder that exists, "
            f"received: {str(path)!r}"
        )
    return path
