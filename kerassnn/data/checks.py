"""Refuses arrays that would otherwise train quietly into nonsense."""

import numpy as np


def check(x, y, classes=None):
    """Raises if images and labels cannot be trained on.

    Args:
        x: Array (N, H, W, C), or (N, T, H, W, C) for event data.
        y: Integer array (N,), class indices.
        classes: Int K: labels must lie in [0, K). Defaults to `None`, which
            only refuses negative labels.

    Raises:
        ValueError: if an array is empty, of a wrong rank or dtype, the
            lengths differ, x holds NaN or Inf, or a label is out of range.
    """
    x, y = np.asanyarray(x), np.asanyarray(y)
    _check_images(x)
    _check_labels(y, classes)
    if len(x) != len(y):
        raise ValueError(
            "expected as many labels as images, received: "
            f"len(x)={len(x)}, len(y)={len(y)}"
        )


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
            f"expected y of an integer dtype, received: y={y.dtype}"
        )
    if y.ndim != 1:
        raise ValueError(
            f"expected y of shape (N,), received: y.shape={y.shape}"
        )
    if y.size == 0:
        raise ValueError(f"expected labels, received: y.shape={y.shape}")
    low, high = int(y.min()), int(y.max())
    if low < 0 or (classes is not None and high >= classes):
        raise ValueError(
            f"expected labels in [0, {classes or 'K'}), received: labels from "
            f"{low} to {high}"
        )
