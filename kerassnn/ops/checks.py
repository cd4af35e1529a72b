"""Arguments that layers and methods take: numbers, switches and inputs.

Each of the first gives the value back as a plain Python number. Booleans are no
numbers here, nor are NaN and infinity: they would run, and give nonsense.
"""

import math
import numbers
from typing import Any

import keras
import numpy as np


def number(name: str, value: Any, interval: str = "(-inf, inf)") -> float:
    """`value` as a float.

    Args:
        name: String, the argument's name.
        value: Real number of Python or NumPy.
        interval: String such as `"(0, 1]"`, a round bracket excluding its
            end. Infinity is always excluded.

    Returns:
        Float.

    Raises:
        ValueError: if `value` is no finite number in the interval.
    """
    low, high = map(float, interval[1:-1].split(","))
    if (
        not isinstance(value, numbers.Real)
        or isinstance(value, bool)
        or not math.isfinite(value)
        or not low <= value <= high
        or (value == low and interval[0] == "(")
        or (value == high and interval[-1] == ")")
    ):
        raise ValueError(
            f"expected `{name}` to be a finite number in {interval}, "
            f"received: {name}={value!r}"
        )
    return float(value)


def integer(name: str, value: Any, low: int = 1) -> int:
    """`value` as an int of at least `low`; ValueError if it is none."""
    if (
        not isinstance(value, numbers.Integral)
        or isinstance(value, bool)
        or value < low
    ):
        kind = "a positive integer" if low == 1 else f"an integer >= {low}"
        raise ValueError(
            f"expected `{name}` to be {kind}, received: {name}={value!r}"
        )
    return int(value)


def flag(name: str, value: Any) -> bool:
    """`value` as a bool; ValueError unless it is True or False."""
    if type(value).__name__ not in ("bool", "bool_"):  # NumPy has its own
        raise ValueError(
            f"expected `{name}` to be True or False, received: {name}={value!r}"
        )
    return bool(value)


def check_inputs(name: str, x: Any) -> None:
    """ValueError unless inputs of a network are some, and finite.

    Neurons hide what is not: a NaN is at no threshold, so that it does not
    fire, and what a network makes of it is finite again.

    Args:
        name: String, for messages.
        x: Array or tensor (N, ...), or a structure of them; what has no
            shape passes.
    """
    leaves = keras.tree.flatten(x)
    if not leaves:
        raise ValueError(f"expected {name} to hold inputs, received: {x!r}")
    for values in leaves:
        if hasattr(values, "shape"):
            if 0 in values.shape:
                raise ValueError(
                    f"expected {name} to hold inputs, received: {name} of "
                    f"shape {tuple(values.shape)}"
                )
            if not isinstance(values, np.ndarray):
                values = keras.ops.convert_to_numpy(values)
            check_finite(name, values)


def check_finite(name: str, values: np.ndarray) -> None:
    """ValueError unless an array is of numbers, none a NaN or an infinity."""
    if values.dtype.kind in "iub":
        return
    if values.dtype.kind != "f" and values.dtype.name != "bfloat16":
        raise ValueError(
            f"{name} must hold real numbers. Received: dtype {values.dtype}"
        )
    pieces = _pieces(np.atleast_1d(values))
    bad = sum(int((~np.isfinite(piece)).sum()) for piece in pieces)
    if bad:
        raise ValueError(
            f"{name} must be finite. Received: {bad} values NaN or infinite"
        )


def _pieces(values, size=256):
    """Some rows after others, so that no mask of all of them is held."""
    return (values[i : i + size] for i in range(0, len(values), size))
