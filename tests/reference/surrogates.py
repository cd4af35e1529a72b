"""Surrogate gradients: a smooth step and its derivative, in v = h - threshold.

Written from the table of the papers' neurons; scalars in, NumPy out.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np


class Surrogate(NamedTuple):
    primitive: Callable
    derivative: Callable


def atan(alpha=2.0):
    slope = np.pi * alpha / 2
    return Surrogate(
        lambda v: np.arctan(slope * v) / np.pi + 0.5,
        lambda v: (alpha / 2) / (1 + (slope * v) ** 2),
    )


def sigmoid(alpha=4.0):
    def primitive(v):
        return 1 / (1 + np.exp(-alpha * v))

    return Surrogate(
        primitive,
        lambda v: alpha * primitive(v) * primitive(-v),
    )


def triangle(width=1.0):
    def primitive(v):
        tail = np.maximum(width - np.abs(v), 0) ** 2 / (2 * width**2)
        return np.where(v < 0, tail, 1 - tail)

    return Surrogate(
        primitive,
        lambda v: np.maximum(width - np.abs(v), 0) / width**2,
    )


def rectangle(width=1.0):
    return Surrogate(
        lambda v: np.clip(v / width + 0.5, 0, 1),
        lambda v: (np.abs(v) < width / 2) / width,
    )


def piecewise_tanh(slope=1.0):
    half = np.tanh(slope / 2)

    def primitive(v):
        inside = np.clip(v, -0.5, 0.5)
        return (np.tanh(slope * inside) + half) / (2 * half)

    def derivative(v):
        inner = slope * (1 - np.tanh(slope * v) ** 2) / (2 * half)
        return np.where(np.abs(v) <= 0.5, inner, 0)

    return Surrogate(primitive, derivative)


BY_NAME = {
    "ATan": atan,
    "Sigmoid": sigmoid,
    "Triangle": triangle,
    "Rectangle": rectangle,
    "PiecewiseTanh": piecewise_tanh,
}
