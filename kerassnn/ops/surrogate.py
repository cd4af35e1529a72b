"""Surrogate gradients of the spike s = [v >= 0], v = h - v_threshold.

Each surrogate is a pair: `primitive(v)`, the smooth step whose place the
Heaviside step takes in the forward pass, and `derivative(v)`, its derivative,
used in the backward pass. The pair lets a test check one against the other.
"""

import math
from typing import Any
from typing import Self

import keras
from keras import ops

from kerassnn.ops.checks import number


class Surrogate:
    """Abstract pair of a smooth step and its derivative.

    Subclasses are final and hold only Python floats, so that two surrogates
    with the same config are the same function.
    """

    def primitive(self, v: Any) -> Any:
        """Smooth step of `v` (any shape), rising from 0 to 1."""
        raise NotImplementedError

    def derivative(self, v: Any) -> Any:
        """Derivative of `primitive` at `v` (any shape)."""
        raise NotImplementedError

    def get_config(self) -> dict[str, Any]:
        return dict(vars(self))

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        return cls(**config)

    def __eq__(self, other):
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self):
        return hash((type(self), *vars(self).items()))

    def __repr__(self):
        fields = ", ".join(f"{k}={v}" for k, v in vars(self).items())
        return f"{type(self).__name__}({fields})"


@keras.saving.register_keras_serializable("kerassnn")
class ATan(Surrogate):
    """Arc tangent: derivative alpha/2 / (1 + (pi/2 alpha v)^2).

    Args:
        alpha: Float > 0. Sharpness. Defaults to `2.0`.

    Reference: Fang et al., Incorporating Learnable Membrane Time Constant,
        ICCV 2021, arXiv 2007.05785.
    """

    def __init__(self, alpha: float = 2.0):
        self.alpha = _positive("alpha", alpha)

    def primitive(self, v: Any) -> Any:
        return ops.arctan(math.pi / 2 * self.alpha * v) / math.pi + 0.5

    def derivative(self, v: Any) -> Any:
        z = math.pi / 2 * self.alpha * v
        return self.alpha / 2 / (1.0 + z * z)


@keras.saving.register_keras_serializable("kerassnn")
class Sigmoid(Surrogate):
    """Logistic: derivative alpha sg(alpha v) (1 - sg(alpha v)).

    Args:
        alpha: Float > 0. Sharpness. Defaults to `4.0`.

    Reference: Yu et al., Rate-based Backpropagation, NeurIPS 2024,
        arXiv 2410.11488 (its code, slope 4).
    """

    def __init__(self, alpha: float = 4.0):
        self.alpha = _positive("alpha", alpha)

    def primitive(self, v: Any) -> Any:
        return ops.sigmoid(self.alpha * v)

    def derivative(self, v: Any) -> Any:
        s = ops.sigmoid(self.alpha * v)
        return self.alpha * s * (1.0 - s)


@keras.saving.register_keras_serializable("kerassnn")
class Triangle(Surrogate):
    """Triangle: derivative max(0, g - |v|) / g^2, with g the half width.

    Args:
        width: Float > 0, the half width g of the support. Defaults to `1.0`.

    Reference: Deng et al., Temporal Efficient Training, ICLR 2022,
        arXiv 2202.11946; used by SASTC, arXiv 2501.08049.
    """

    def __init__(self, width: float = 1.0):
        self.width = _positive("width", width)

    def primitive(self, v: Any) -> Any:
        z = ops.clip(v / self.width, -1.0, 1.0)
        return 0.5 + z - 0.5 * z * ops.abs(z)

    def derivative(self, v: Any) -> Any:
        return ops.relu(self.width - ops.abs(v)) / self.width**2


@keras.saving.register_keras_serializable("kerassnn")
class Rectangle(Surrogate):
    """Rectangle: derivative 1/a where |v| < a/2, else 0.

    Args:
        width: Float > 0, the full width a of the support. Defaults to `1.0`.

    Reference: Wu et al., Spatio-Temporal Backpropagation, Frontiers in
        Neuroscience 2018, arXiv 1706.02609.
    """

    def __init__(self, width: float = 1.0):
        self.width = _positive("width", width)

    def primitive(self, v: Any) -> Any:
        return ops.clip(v / self.width + 0.5, 0.0, 1.0)

    def derivative(self, v: Any) -> Any:
        inside = ops.cast(ops.abs(v) < self.width / 2, v.dtype)
        return inside / self.width


@keras.saving.register_keras_serializable("kerassnn")
class PiecewiseTanh(Surrogate):
    """Clamped tanh: t (1 - tanh(t v)^2) / (2 tanh(t/2)) for |v| <= 1/2.

    Args:
        slope: Float > 0, t. Defaults to `1.0`.

    Reference: the code of FSTA-SNN, AAAI 2025, arXiv 2501.14744.
    """

    def __init__(self, slope: float = 1.0):
        self.slope = _positive("slope", slope)

    def primitive(self, v: Any) -> Any:
        z = ops.clip(v, -0.5, 0.5)
        return 0.5 * ops.tanh(self.slope * z) / math.tanh(self.slope / 2) + 0.5

    def derivative(self, v: Any) -> Any:
        inside = ops.cast(ops.abs(v) <= 0.5, v.dtype)
        slope = 1.0 - ops.square(ops.tanh(self.slope * v))
        return inside * slope * (self.slope / (2 * math.tanh(self.slope / 2)))


SURROGATES = (ATan, Sigmoid, Triangle, Rectangle, PiecewiseTanh)


def get_surrogate(identifier: Any) -> Surrogate:
    """The surrogate that an argument names.

    Args:
        identifier: `Surrogate`, its class, the class's name in any case,
            with or without underscores (`"atan"`, `"piecewise_tanh"`), its
            config as Keras serialises it, or `None` for `Triangle()`.

    Returns:
        `Surrogate`.

    Raises:
        ValueError: if there is none of that name.
    """
    if identifier is None:
        return Triangle()
    if isinstance(identifier, dict):
        identifier = keras.saving.deserialize_keras_object(identifier)
    if isinstance(identifier, Surrogate):
        return identifier
    for cls in SURROGATES:
        named = isinstance(identifier, str) and (
            identifier.replace("_", "").lower() == cls.__name__.lower()
        )
        if named or identifier is cls:
            return cls()
    names = ", ".join(cls.__name__ for cls in SURROGATES)
    raise ValueError(
        f"expected `surrogate` to be one of {names}, by name or as an object "
        f"such as `ATan()`, received: surrogate={identifier!r}"
    )


def _positive(name, value):
    return number(name, value, "(0, inf)")
