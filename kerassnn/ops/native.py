"""What a backend does faster in its own terms than through `keras.ops`.

TensorFlow and torch run op by op, each a pass over memory; JAX compiles, so
nothing here is for it. A backend's package is imported by itself alone, when
a function is called.
"""

import keras
from keras import ops


def over_steps(function):
    """`function` of whole sequences, as one pass over memory on TensorFlow.

    Args:
        function: From lists over T of tensors (B, ...), float32 at least, to
            a list over T or a tuple of such lists and of tensors. Made of
            elementwise ops. XLA compiles it once for each shape.

    Returns:
        Function from tensors (B, T, ...), T static, to tensors of the dtype
        of the first: (B, T, ...) for a list.
    """

    def plain(*sequences):
        wide = [map(_widened, ops.unstack(x, axis=1)) for x in sequences]
        found = function(*map(list, wide))
        return _stacked(found, sequences[0].dtype)

    if keras.backend.backend() != "tensorflow":
        return plain
    import tensorflow as tf

    def fused(*sequences):
        halves = [x.dtype == tf.uint16 for x in sequences]
        wide = [
            _floats(x) if half else list(map(_widened, tf.unstack(x, axis=1)))
            for x, half in zip(sequences, halves, strict=True)
        ]
        dtype = "bfloat16" if halves[0] else sequences[0].dtype
        return _stacked(function(*wide), dtype)

    compiled = tf.function(fused, jit_compile=True, autograph=False)

    def run(*sequences):
        # XLA rounds bfloat16 anew wherever a sliced value is used, which
        # takes longer than the arithmetic; of bits it makes floats by a shift.
        bits = [
            tf.bitcast(x, tf.uint16) if x.dtype == tf.bfloat16 else x
            for x in map(tf.convert_to_tensor, sequences)
        ]
        return compiled(*bits)

    return run


def _widened(x):
    return ops.cast(x, keras.backend.result_type(x.dtype, "float32"))


def _stacked(found, dtype):
    if isinstance(found, tuple):
        return tuple(_stacked(f, dtype) for f in found)
    if isinstance(found, list):
        found = ops.stack(found, axis=1)
    return ops.cast(found, dtype)


def _floats(bits):
    """List over T of float32 from the bits of bfloat16, (B, T, ...) uint16."""
    import tensorflow as tf

    return [
        tf.bitcast(tf.bitwise.left_shift(tf.cast(b, tf.uint32), 16), tf.float32)
        for b in tf.unstack(bits, axis=1)
    ]


def batch_norm(x, gamma, beta, epsilon, moving=None):
    """Normalises over all axes but the last.

    Args:
        x: Tensor (..., C) of any float dtype.
        gamma: Tensor (C,).
        beta: Tensor (C,).
        epsilon: Float.
        moving: Tuple (mean, variance) of tensors (C,) in place of those of
            the batch, or `None`.

    Returns:
        Tuple: (..., C), dtype of `x`, and the mean and the biased variance
        that were used, float32 at least.
    """
    wide = keras.backend.result_type(x.dtype, "float32")
    gamma, beta = ops.cast(gamma, wide), ops.cast(beta, wide)
    if moving is not None:
        moving = [ops.cast(m, wide) for m in moving]
    backend = keras.backend.backend()
    if x.dtype != "float64" and backend == "tensorflow":
        return _batch_norm_tensorflow(x, gamma, beta, epsilon, moving)
    if backend == "torch" and moving is None:
        return _batch_norm_torch(x, gamma, beta, epsilon)
    return batch_norm_steps(x, gamma, beta, epsilon, moving)


def batch_norm_steps(x, gamma, beta, epsilon, moving=None):
    """The same as `batch_norm` in plain ops; the twin it is tested against."""
    wide = ops.cast(x, keras.backend.result_type(x.dtype, "float32"))
    if moving is None:
        moving = ops.moments(wide, tuple(range(len(x.shape) - 1)))
    y = ops.batch_normalization(wide, *moving, -1, beta, gamma, epsilon)
    return ops.cast(y, x.dtype), *moving


def _batch_norm_tensorflow(x, gamma, beta, epsilon, moving):
    import tensorflow as tf

    images = x if len(x.shape) == 4 else tf.reshape(x, (-1, 1, 1, x.shape[-1]))
    mean, variance = moving or (tf.zeros(0), tf.zeros(0))
    y, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
        x=images,
        scale=gamma,
        offset=beta,
        mean=mean,
        variance=variance,
        epsilon=epsilon,
        is_training=moving is None,
    )
    if moving is None:
        # The op reports the unbiased variance, though it divides by the other.
        n = tf.cast(tf.size(images) // x.shape[-1], "float32")
        variance = variance * ((n - 1.0) / n)
    return tf.reshape(y, tf.shape(x)), mean, variance


def _batch_norm_torch(x, gamma, beta, epsilon):
    import torch

    y, mean, inverse = torch.native_batch_norm(
        x.movedim(-1, 1), gamma, beta, None, None, True, 0.0, epsilon
    )
    variance = inverse.detach() ** -2 - epsilon
    return y.movedim(1, -1), mean.detach(), variance
