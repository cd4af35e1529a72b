"""Refuses arrays that would otherwise train quietly into nonsense."""

from typing import Any

import numpy as np

from kerassnn.data.arguments import check_int
from kerassnn.data.rows import Rows


def check(x: Any, y: Any, classes: int | None = None) -> None:
    """Raises if images and labels cannot be trained on.

    Args:
        x: Array or tensor (N, H, W, C), or (N, T, H, W, C) for event data.
        y: Integer array or tensor (N,), class indices.
        classes: Int K >= 2: labels must lie in [0, K). Defaults to `None`,
            which only refuses negative labels.

    Raises:
        ValueError: if an array is empty, of a wrong rank or dtype, the
            lengths differ, x holds NaN or Inf, or a label is out of range.
    """
    if classes is not None:
        check_int("classes", classes, 2)
    x, y = as_array(x), as_array(y)
    _check_images(x)
    _check_labels(y, classes)
    if len(x) != len(y):
        raise ValueError(
            "expected as many labels as images, received: "
            f"len(x)={len(x)}, len(y)={len(y)}"
        )


def as_array(x: Any) -> np.ndarray | Rows:
    """NumPy's view of an array or tensor; a memory-mapped file stays one."""
    if isinstance(x, np.ndarray | Rows):
        return x
    if type(x).__module__.split(".")[0] == "torch":
        x = x.detach().cpu()
    return np.asanyarray(x)


def _check_images(x):
    if x.dtype.kind not in "uif":
        raise ValueError(
            f"expected x of an integer or float dtype, received: x={x.dtype}"
        )
    if x.ndim not in (4, 5):
        raise ValueError(
            "expected x of shape (N, H, W, C) or (N, T, H, W, C), received: "
            f"x.shape={x.shape}"
        )
    if x.size == 0:
        raise ValueError(f"expected images, received: x.shape={x.shape}")
    if x.dtype.kind == "f":
        bad = int(np.count_nonzero(~np.isfinite(x)))
        if bad:
            raise ValueError(
                f"expected finite images, received: x with {bad} NaN or Inf"
            )


def _check_labels(y, classes):
    if y.dtype.kind not in "ui":
        raise ValueError(
            "expected y of an integer dtype, class indices, received: "
            f"y={y.dtype}"
        )
    if y.ndim != 1:
        raise ValueError(
            "expected y of shape (N,), class indices and no one-hot rows, "
            f"received: y.shape={y.shape}"
        )
    if y.size == 0:
        raise ValueError(f"expected labels, received: y.shape={y.shape}")
    low, high = int(y.min()), int(y.max())
    if low < 0 or (classes is not None and high >= classes):
        raise ValueError(
            f"expected labels in [0, {classes or 'K'}), received: labels from "
            f"{low} to {high}"
        )
