"""Refuses arguments of data sets, augmentation and pipelines."""

import math
import numbers

import numpy as np


def check_int(name, value, low, high=None):
    """Raises unless `value` is a whole number, no bool, in [low, high]."""
    whole = isinstance(value, numbers.Integral) and not _is_bool(value)
    if not whole or value < low or (high is not None and value > high):
        raise ValueError(
            f"expected an int {name} {_range(low, high)}, received: "
            f"{name}={value!r}"
        )


def check_float(name, value, low=0.0, high=None):
    """Raises unless `value` is a finite number, no bool, in [low, high]."""
    number = isinstance(value, numbers.Real) and not _is_bool(value)
    if (
        not number
        or not math.isfinite(value)
        or value < low
        or (high is not None and value > high)
    ):
        raise ValueError(
            f"expected a number {name} {_range(low, high)}, received: "
            f"{name}={value!r}"
        )


def check_bool(name, value):
    """Raises unless `value` is `True` or `False`."""
    if not _is_bool(value):
        raise ValueError(
            f"expected True or False for {name}, received: {name}={value!r}"
        )


def check_shard(shard, batch_size, drop_remainder=True):
    """Raises unless (i, n) is process i of n that share each batch."""
    index, count = shard
    check_int("shard[1]", count, 1)
    check_int("shard[0]", index, 0, count - 1)
    if batch_size % count:
        raise ValueError(
            f"expected batch_size, of all {count} processes, as a multiple "
            f"of their number, received: batch_size={batch_size}"
        )
    if count > 1 and not drop_remainder:
        raise ValueError(
            "expected drop_remainder=True, so that all processes have as "
            f"many images, received: shard={shard}"
        )


def check_alone(shard):
    """Raises if several processes share each batch."""
    if shard[1] > 1:
        raise ValueError(
            "expected a pipeline of one process, whose batches are whole, "
            f"received: shard={shard}"
        )


def check_fill(fill):
    """Raises unless `fill` is a finite number or a sequence of them."""
    for value in fill if isinstance(fill, tuple | list) else (fill,):
        check_float("fill", value, low=-math.inf)


def _is_bool(value):
    return isinstance(value, bool | np.bool_)


def _range(low, high):
    return f">= {low}" if high is None else f"in [{low}, {high}]"
