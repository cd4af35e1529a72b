"""Checks that several layers share, and the numbers' from `ops`."""

from kerassnn.ops.checks import flag
from kerassnn.ops.checks import integer
from kerassnn.ops.checks import number

__all__ = ["flag", "integer", "number", "own_steps", "sequence", "timesteps"]


def timesteps(value):
    """`value` as an int; ValueError unless it is a positive integer."""
    return integer("timesteps", value)


def sequence(shape, name):
    """ValueError unless `shape` is (B, T, ...) with values at each step.

    (B, n) is refused: n features of a layer that knows no time would pass
    for n timesteps of one neuron.

    Args:
        shape: Tuple, shape of a layer's input.
        name: String, what reads it.
    """
    if len(shape) < 3 or shape[1] is None:
        raise ValueError(
            f"{name} expects an input of shape (B, T, ...), of rank 3 at "
            "least, with a static number of timesteps T. Received: "
            f"input_shape={tuple(shape)}"
        )


def own_steps(layer, input_shape, steps):
    """ValueError unless the input has the T of a layer's weights."""
    if input_shape[1] != steps:
        raise ValueError(
            f"layer {layer.name!r} has weights for each of {steps} "
            "timesteps and runs at no other number of them. Received: "
            f"input_shape={tuple(input_shape)}"
        )
