"""Layers with kernels, and how their weights follow their units."""

import keras
import numpy as np
from keras import ops

CONVOLUTIONS = (
    keras.layers.Conv1D,
    keras.layers.Conv2D,
    keras.layers.Conv3D,
)
TRANSPOSED = (
    keras.layers.Conv1DTranspose,
    keras.layers.Conv2DTranspose,
    keras.layers.Conv3DTranspose,
)
DEPTHWISE = (keras.layers.DepthwiseConv1D, keras.layers.DepthwiseConv2D)
SEPARABLE = (keras.layers.SeparableConv1D, keras.layers.SeparableConv2D)
KINDS = (
    *CONVOLUTIONS,
    *TRANSPOSED,
    *DEPTHWISE,
    *SEPARABLE,
    keras.layers.Dense,
)


def is_linear(layer):
    """Whether a layer is linear up to its activation."""
    return isinstance(layer, KINDS)


def divided(layer, source, target):
    """Weights of a linear layer between values in other units.

    Args:
        layer: Layer of `KINDS`, built.
        source: Float or array (C_in,): what its inputs are divided by. An
            array of C for a map flattened to H W C is repeated.
        target: Float or array (C_out,): what its outputs are to be.

    Returns:
        Dict variable name -> array: kernel' = kernel source / target and
        bias' = bias / target.

    Raises:
        ValueError: if an array is not one value a channel.
    """
    values = {
        v.name: ops.convert_to_numpy(v).astype("float64") for v in layer.weights
    }
    if isinstance(layer, SEPARABLE):
        rows = _each(source, values["depthwise_kernel"].shape[-2])
        values["depthwise_kernel"] *= rows[:, None]
        kernel = values["pointwise_kernel"]
        kernel /= _each(target, kernel.shape[-1])
    else:
        kernel = values["kernel"]
        kernel *= _inputs(layer, kernel.shape, source)
        kernel /= _outputs(layer, kernel.shape, target)
    if "bias" in values:
        values["bias"] /= target
    return values


def _inputs(layer, shape, source):
    """`source` as it stands along the kernel's axis of input channels."""
    if isinstance(layer, DEPTHWISE):
        return _each(source, shape[-2])[:, None]
    if isinstance(layer, TRANSPOSED):
        return _each(source, shape[-1])
    groups = getattr(layer, "groups", 1)
    rows = _each(source, groups * shape[-2]).reshape(groups, -1)
    return np.repeat(rows.T, shape[-1] // groups, axis=1)


def _outputs(layer, shape, target):
    """`target` as it stands along the kernel's axis of output channels."""
    if isinstance(layer, DEPTHWISE):
        return _each(target, shape[-2] * shape[-1]).reshape(shape[-2:])
    if isinstance(layer, TRANSPOSED):
        return _each(target, shape[-2])[:, None]
    return _each(target, shape[-1])


def _each(value, count):
    """One value for each of `count` channels."""
    value = np.atleast_1d(np.asarray(value, "float64"))
    if value.ndim != 1 or count % len(value):
        raise ValueError(
            f"expected one factor, or one for each of {count} channels, "
            f"received: an array of shape {value.shape}"
        )
    return np.tile(value, count // len(value))


def merged(layer, scale, shift):
    """Weights of a linear layer whose outputs are scaled and shifted.

    Args:
        layer: Layer of `KINDS`, built.
        scale, shift: Arrays (C_out,).

    Returns:
        Dict variable name -> array, with a `bias` in any case.
    """
    values = {
        v.name: ops.convert_to_numpy(v).astype("float64") for v in layer.weights
    }
    if isinstance(layer, SEPARABLE):
        values["pointwise_kernel"] *= scale
    else:
        values["kernel"] *= _outputs(layer, values["kernel"].shape, scale)
    values["bias"] = values.get("bias", 0.0) * scale + shift
    return values
