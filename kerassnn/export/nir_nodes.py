"""Layers of Keras as nodes of NIR, whose maps are (C, H, W)."""

import keras
import numpy as np
from keras import ops


class Unsupported(Exception):
    """What a layer is or does that NIR cannot express."""


def neuron(library, layer, shape, dt, unit):
    """An `IF` or `LIF` node, one constant an element.

    Args:
        library: The package `nir`.
        layer: `SpikingNeuron`.
        shape: Tuple, of one step, channels first.
        dt: Float, seconds a step.
        unit: Bool. Whether a LIF has r = 1, its potentials scaled instead.
    """
    if layer.steps_itself:
        raise Unsupported("defines a step of its own")
    d = layer.dynamics
    if d.v_reset is None:
        raise Unsupported(
            "subtracts its threshold; NIR resets, as v_reset=0.0 does"
        )
    if d.v_init not in (None, d.v_reset):
        raise Unsupported("starts at another potential than its rest")

    def full(value):
        # Learned constants are one number, or one a channel.
        value = ops.convert_to_numpy(value).astype("float32")
        value = value.reshape((-1,) + (1,) * (len(shape) - 1))
        return np.broadcast_to(value, shape).copy()

    decay, gain = (
        ops.convert_to_numpy(v).astype("float64") for v in (d.decay, d.gain)
    )
    if np.any(decay > 1.0) or (np.any(decay == 1.0) and np.any(decay < 1.0)):
        raise Unsupported("has a decay of 1 or more")
    integrates = bool(np.all(decay == 1.0))
    r = gain / dt if integrates else gain / (1.0 - decay)
    scale = 1.0 / r if unit and not integrates else 1.0
    threshold = full(d.v_threshold * scale)
    if not d.strict:
        threshold = np.nextafter(threshold, np.float32(-np.inf))
    shared = {
        "r": full(r * scale),
        "v_threshold": threshold,
        "v_reset": full(d.v_reset * scale),
    }
    if integrates:
        return library.IF(**shared)
    tau = full(dt / (1.0 - decay))
    return library.LIF(tau=tau, v_leak=full(d.v_reset * scale), **shared)


def affine(library, layer, flat, factor):
    """An `Affine` node.

    Args:
        library: The package `nir`.
        layer: `keras.layers.Dense`.
        flat: Tuple (H, W, C) of the map that its input was, or `None`.
        factor: Float, of its inputs.
    """
    _check_linear(layer)
    kernel = ops.convert_to_numpy(layer.kernel) * np.float32(factor)
    if flat is not None:  # flattened with its channels last
        kernel = kernel.reshape(*flat, -1).transpose(2, 0, 1, 3)
        kernel = kernel.reshape(-1, layer.units)
    kernel = np.ascontiguousarray(kernel.T)
    return library.Affine(weight=kernel, bias=_bias(layer, kernel))


def convolution(library, layer, size, pad, factor):
    """A `Conv2d` node.

    Args:
        library: The package `nir`.
        layer: `keras.layers.Conv2D`.
        size: Pair (H, W) of its input, without `pad`.
        pad: Int, zeros put around its input before.
        factor: Float, of its inputs.
    """
    _check_linear(layer)
    if layer.data_format != "channels_last":
        raise Unsupported("has its channels first")
    kernel = ops.convert_to_numpy(layer.kernel).transpose(3, 2, 0, 1)
    kernel = np.ascontiguousarray(kernel) * np.float32(factor)
    padding = (pad, pad)
    if layer.padding == "same":
        # Keras puts the odd one behind, where a stride leaves one.
        reach = [
            (k - 1) * d
            for k, d in zip(layer.kernel_size, layer.dilation_rate, strict=True)
        ]
        if set(layer.strides) != {1} or pad or any(n % 2 for n in reach):
            raise Unsupported("pads its two sides differently")
        padding = tuple(n // 2 for n in reach)
    elif layer.padding != "valid":
        raise Unsupported(f"has padding {layer.padding!r}")
    return library.Conv2d(
        input_shape=tuple(size),
        weight=kernel,
        stride=tuple(layer.strides),
        padding=padding,
        dilation=tuple(layer.dilation_rate),
        groups=layer.groups,
        bias=_bias(layer, kernel),
    )


def rescaling(library, layer, shape):
    """A `Conv2d` node of 1x1 that scales and shifts each channel."""
    kernel = np.zeros((shape[-1], shape[-1], 1, 1), "float32")
    diagonal = np.arange(shape[-1])
    kernel[diagonal, diagonal, 0, 0] = layer.scale
    bias = np.zeros(shape[-1], "float32") + np.float32(layer.offset)
    return library.Conv2d(
        input_shape=tuple(shape[-3:-1]),
        weight=kernel,
        stride=(1, 1),
        padding=(0, 0),
        dilation=(1, 1),
        groups=1,
        bias=bias,
    )


def pooling(library, size, sums):
    """An `AvgPool2d` node of windows side by side, or a `SumPool2d`."""
    kind = library.SumPool2d if sums else library.AvgPool2d
    return kind(np.array(size), np.array(size), np.zeros(2, int))


def _check_linear(layer):
    if layer.activation is not keras.activations.linear:
        raise Unsupported("has an activation")


def _bias(layer, kernel):
    if not layer.use_bias:
        return np.zeros(kernel.shape[0], kernel.dtype)
    return ops.convert_to_numpy(layer.bias)
