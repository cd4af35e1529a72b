"""The clip-floor-shift activation: a ReLU with an upper end, in L levels.

With u = x / threshold:

    h(x) = threshold q,    q = clip(floor(L u + 1/2) / L, 0, 1)

which is the mean output over T = L steps of an integrate-and-fire neuron with
a soft reset that starts at half its threshold and is driven by x / threshold.
In the backward pass the floor counts as the identity, and with
v = u + 1 / (2 L), what is cut off:

    dh/dx = [0 < v < 1]
    dh/dthreshold = (q - u) [0 < v < 1] + [v >= 1]
"""

import functools
from typing import Any

from keras import ops

from kerassnn.ops.native_steps import over_steps


def clip_floor(x: Any, threshold: Any, levels: int) -> Any:
    """`x` cut off at 0 and `threshold`, and rounded to `levels` steps.

    Computed in float32 where `x` is of half that precision; both gradients,
    the threshold's too, are then rounded to the dtype of `x`.

    Args:
        x: Tensor of any shape and float dtype.
        threshold: Tensor of shape (), positive.
        levels: Int, L.

    Returns:
        Tensor of the shape and dtype of `x`.
    """
    forward, backward = _passes(levels)

    def run(x, threshold):
        def grad(*args, upstream=None):
            g = args[0] if upstream is None else upstream
            grad_x, grad_threshold = backward(
                x[:, None], _sequence(threshold), g[:, None]
            )
            return grad_x[:, 0], ops.cast(grad_threshold, threshold.dtype)

        return forward(x[:, None], _sequence(threshold))[:, 0], grad

    return ops.custom_gradient(run)(x, threshold)


@functools.cache
def _passes(levels):
    """Both passes, of sequences of one step."""
    return (
        over_steps(functools.partial(_forward, levels=levels)),
        over_steps(functools.partial(_backward, levels=levels)),
    )


def _sequence(threshold):
    return ops.reshape(threshold, (1, 1))


def _forward(xs, thresholds, levels):
    (x,), (threshold,) = xs, thresholds
    return [threshold * _quantised(x / threshold, levels)]


def _backward(xs, thresholds, upstream, levels):
    (x,), (threshold,), (g,) = xs, thresholds, upstream
    u = x / threshold
    shifted = u + 0.5 / levels
    inside = ops.logical_and(shifted > 0, shifted < 1)
    above = ops.cast(shifted >= 1, g.dtype)
    slope = ops.where(inside, _quantised(u, levels) - u, above)
    return [ops.where(inside, g, 0.0)], ops.sum(g * slope)


def _quantised(u, levels):
    return ops.floor(levels * ops.clip(u, 0.0, 1.0) + 0.5) / levels
