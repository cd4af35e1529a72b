"""One formula from stored images to what a network takes."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from kerassnn.data.rows import Rows


def normalise(
    x: Any, *, mean: Sequence[float], std: Sequence[float], scale: float
) -> Any:
    """Images as a network takes them: (x / scale - mean) / std as float32.

    Args:
        x: Array or tensor (..., C) as stored: NumPy, a tensor of the
            backend, symbolic or not, or one of TensorFlow inside `tf.data`,
            whatever the backend.
        mean: C numbers, on the unit scale.
        std: C numbers above 0, likewise.
        scale: Number, the stored value that stands for 1.0, such as 255.

    Returns:
        float32 of the shape of x, of the kind of x.

    Raises:
        ValueError: if x has other channels than `mean`, or holds floats of
            at most 1 where stored values reach up to `scale`: images that
            were divided already. Inside `tf.data`, TensorFlow raises its
            own `InvalidArgumentError`; compiled code of JAX and symbolic
            tensors cannot be looked into.

    Example:
        >>> x = normalise(x, mean=(0.5,), std=(0.25,), scale=255.0)
    """
    if not hasattr(x, "dtype") or isinstance(x, Rows):
        x = np.asarray(x)
    mean, std = np.float64(mean).reshape(-1), np.float64(std).reshape(-1)
    if len(x.shape) == 0 or x.shape[-1] not in (None, len(mean)):
        raise ValueError(
            f"expected images (..., {len(mean)}), received: x.shape={x.shape}"
        )
    gain = (1 / (scale * std)).astype("float32")
    offset = (-mean / std).astype("float32")
    kind = type(x).__module__.split(".")[0]
    return KINDS.get(kind, _of_backend)(x, gain, offset, scale)


def _array(x, gain, offset, scale):
    if scale > 1 and x.dtype.kind == "f" and x.size:
        _check_largest(x.max(), scale)
    if x.ndim < 2:
        return np.multiply(x, gain, dtype="float32") + offset
    # Full rows of constants: a broadcast over C=3 alone is 4x slower.
    repeats = x.shape[-2]
    rows = x.reshape(*x.shape[:-2], -1)
    out = np.multiply(rows, np.tile(gain, repeats), dtype="float32")
    out += np.tile(offset, repeats)
    return out.reshape(x.shape)


def _tensorflow(x, gain, offset, scale):
    import tensorflow as tf

    if scale > 1 and x.dtype.is_floating:
        largest = tf.cast(tf.reduce_max(x), "float32")
        if tf.executing_eagerly():
            _check_largest(float(largest), scale)
        else:
            stored = (largest <= 0) | (largest > 1)
            guard = tf.debugging.Assert(stored, [_message(scale), largest])
            with tf.control_dependencies([guard] if guard is not None else []):
                x = tf.identity(x)
    return tf.cast(x, "float32") * gain + offset


def _torch(x, gain, offset, scale):
    import torch

    if scale > 1 and x.is_floating_point() and x.numel():
        _check_largest(float(x.max()), scale)
    gain, offset = (torch.from_numpy(a).to(x.device) for a in (gain, offset))
    return x.float() * gain + offset


def _jax(x, gain, offset, scale):
    import jax

    known = not isinstance(x, jax.core.Tracer)
    if scale > 1 and known and jax.numpy.isdtype(x.dtype, "real floating"):
        if x.size:
            _check_largest(float(x.max()), scale)
    return x.astype("float32") * gain + offset


def _of_backend(x, gain, offset, scale):
    return keras.ops.cast(x, "float32") * gain + offset


KINDS = {
    "numpy": _array,
    "tensorflow": _tensorflow,
    "torch": _torch,
    "jax": _jax,
    "jaxlib": _jax,
}


def _check_largest(largest, scale):
    if 0 < largest <= 1:
        raise ValueError(
            f"{_message(scale)}, received: floats up to {largest:g}"
        )


def _message(scale):
    return (
        f"expected images as stored, from 0 to {scale:g} (multiply images "
        f"in [0, 1] by {scale:g})"
    )
