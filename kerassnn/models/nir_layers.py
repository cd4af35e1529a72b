"""Nodes of NIR as layers of Keras, maps (C, H, W) becoming (H, W, C)."""

import keras
import numpy as np

from kerassnn.layers.integrate_fire import IntegrateFire
from kerassnn.layers.lif import LIF
from kerassnn.layers.time_fold import TimeFold

ROUNDING = 2e-7  # relative, of float32


class Unsupported(Exception):
    """What a node is or says that no layer here has."""


def layers_of(node, kind, shape, flat, dt, name):
    """The layers of a node, in order, each with its weights.

    Args:
        node: A node of NIR.
        kind: String, the name of its class.
        shape: Tuple, of one step of its input in Keras.
        flat: Tuple (H, W, C) of the map that its input was, or `None`.
        dt: Float, seconds a step.
        name: String, for the layers.

    Returns:
        List of pairs (layer, list of arrays).
    """
    if kind in ("IF", "LIF", "CubaLIF"):
        return [(_neuron(node, kind, dt, name), [])]
    if kind in ("Affine", "Linear"):
        return [_dense(node, kind, shape, flat, name)]
    if kind in ("Conv1d", "Conv2d"):
        return _convolution(node, kind, shape, name)
    if kind in ("AvgPool2d", "SumPool2d"):
        return _pool(node, kind, shape, name)
    if kind == "Scale":
        scale = _one("scale", node.scale)
        return [(keras.layers.Rescaling(scale, name=name), [])]
    raise Unsupported(f"is a {kind}, for which there is no layer")


def _neuron(node, kind, dt, name):
    """h = r + decay (v - r) + gain x, in units of the gain."""
    tau = dt
    if kind == "CubaLIF":
        if not np.allclose(node.tau_syn, dt, rtol=1e-6, atol=0):
            raise Unsupported("keeps its current: tau_syn is not dt")
        tau = _one("tau_mem", node.tau_mem)
    elif kind == "LIF":
        tau = _one("tau", node.tau)
    steps = _short(tau / dt)
    drive = _one("r", node.r)
    if kind == "CubaLIF":
        drive = drive * _one("w_in", node.w_in)
    gain = _short(drive * dt if kind == "IF" else drive / steps)
    if gain <= 0:
        raise Unsupported(f"has r={gain}, which is not above 0")
    reset = _one("v_reset", node.v_reset)
    options = {
        "v_threshold": _one("v_threshold", node.v_threshold) / gain,
        "v_reset": reset / gain,
        "strict": True,
        "name": name,
    }
    try:
        if kind == "IF":
            return IntegrateFire(**options)
        if _one("v_leak", node.v_leak) != reset:
            raise Unsupported("leaks to another potential than its reset")
        return LIF(tau=steps, **options)
    except ValueError as error:
        raise Unsupported(f"has constants no neuron here has: {error}") from (
            error
        )


def _dense(node, kind, shape, flat, name):
    weight = _array("weight", node.weight, 2)
    if len(shape) != 1 or shape[0] != weight.shape[1]:
        raise Unsupported(f"has {weight.shape[1]} inputs, and is given {shape}")
    kernel = weight.T
    if flat is not None:
        height, width, channels = flat
        kernel = kernel.reshape(channels, height, width, -1)
        kernel = kernel.transpose(1, 2, 0, 3).reshape(shape[0], -1)
    values = [kernel]
    if kind == "Affine":
        values.append(_array("bias", node.bias, 1))
    layer = keras.layers.Dense(len(weight), use_bias=len(values) > 1)
    return TimeFold(layer, name=name), values


def _convolution(node, kind, shape, name):
    n = 2 if kind == "Conv2d" else 1
    weight = _array("weight", node.weight, n + 2)
    groups = int(node.groups)
    if len(shape) != n + 1 or shape[-1] != weight.shape[1] * groups:
        raise Unsupported(f"does not fit a map of shape {shape}")
    strides, dilation = _ints(node.stride, n, 1), _ints(node.dilation, n, 1)
    size = weight.shape[2:]
    reach = [(k - 1) * d for k, d in zip(size, dilation, strict=True)]
    found, padding = [], "valid"
    if isinstance(node.padding, str):
        padding = node.padding
        if padding == "same" and set(strides) != {1}:
            raise Unsupported("pads and strides in a way NIR leaves open")
    else:
        pads = _ints(node.padding, n, 0)
        if set(strides) == {1} and [2 * p for p in pads] == reach:
            padding = "same" if any(pads) else "valid"
        elif any(pads):
            found.append(_padding(pads, name))
    make = keras.layers.Conv2D if n == 2 else keras.layers.Conv1D
    layer = make(
        len(weight),
        size,
        strides=strides,
        padding=padding,
        data_format="channels_last",
        dilation_rate=dilation,
        groups=groups,
    )
    kernel = np.moveaxis(weight, (0, 1), (-1, -2))
    values = [kernel, _array("bias", node.bias, 1)]
    return [*found, (TimeFold(layer, name=name), values)]


def _pool(node, kind, shape, name):
    size, pads = _ints(node.kernel_size, 2, 1), _ints(node.padding, 2, 0)
    if len(shape) != 3:
        raise Unsupported(f"does not fit a map of shape {shape}")
    if kind == "AvgPool2d" and any(pads):
        raise Unsupported("pads: NIR does not say whether zeros count")
    found = [_padding(pads, name)] if any(pads) else []
    layer = keras.layers.AveragePooling2D(
        size, _ints(node.stride, 2, 1), data_format="channels_last"
    )
    found.append((TimeFold(layer, name=name), []))
    if kind == "SumPool2d":
        scale = keras.layers.Rescaling(float(np.prod(size)), name=f"{name}_sum")
        found.append((scale, []))
    return found


def _padding(pads, name):
    sides = [(p, p) for p in pads]
    if len(pads) == 2:
        layer = keras.layers.ZeroPadding2D(sides, data_format="channels_last")
    else:
        layer = keras.layers.ZeroPadding1D(sides[0])
    return TimeFold(layer, name=f"{name}_pad"), []


def _array(name, value, dimensions):
    value = np.asarray(value)
    if value.dtype.kind not in "fiu" or value.ndim != dimensions:
        raise Unsupported(f"has {name} of shape {value.shape}, {value.dtype}")
    value = value.astype("float32")
    if not np.isfinite(value).all():
        raise Unsupported(f"has {name} that is not finite")
    return value


def _one(name, value):
    """The one number that all values are, as it was before float32."""
    value = np.asarray(value)
    if value.dtype.kind not in "fiu" or not value.size:
        raise Unsupported(f"has {name} of {value.dtype}")
    if not np.isfinite(value).all():
        raise Unsupported(f"has {name} that is not finite")
    if np.any(value != value.flat[0]):
        raise Unsupported(f"has another {name} for each neuron")
    return float(value.flat[0])


def _short(value):
    """The decimal of six digits that float32 made `value` of, if it did."""
    short = float(f"{value:.6g}")
    return short if abs(short - value) <= ROUNDING * abs(value) else value


def _ints(value, n, least):
    value = np.asarray(value)
    if value.dtype.kind not in "iu" or value.ndim > 1 or value.size > n:
        raise Unsupported(f"has {value!r} where {n} whole numbers belong")
    found = [int(v) for v in np.broadcast_to(value, n)]
    if min(found) < least:
        raise Unsupported(f"has {found} where numbers from {least} on belong")
    return found
