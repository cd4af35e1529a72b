"""What a backend does faster in its own terms than through `keras.ops`.

TensorFlow and torch run op by op, each a pass over memory; JAX compiles, so
nothing here is for it. A backend's package is imported by itself alone, when
a function is called.
"""

from collections.abc import Callable
from typing import Any

import keras
from keras import ops


def batch_norm(
    x: Any, gamma: Any, beta: Any, epsilon: float, moving: tuple | None = None
) -> tuple[Any, Any, Any]:
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


def batch_norm_steps(
    x: Any, gamma: Any, beta: Any, epsilon: float, moving: tuple | None = None
) -> tuple[Any, Any, Any]:
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


def compiled_call(model: keras.Model) -> Callable:
    """A model as a function of its inputs, compiled where the backend can.

    Args:
        model: `keras.Model`, run in inference mode with its weights of the
            moment.

    Returns:
        Function from the model's inputs to its outputs.
    """
    name = keras.backend.backend()
    if name == "tensorflow":
        import tensorflow as tf

        return tf.function(lambda x: model(x, training=False))
    if name == "torch":
        import torch

        return torch.no_grad()(lambda x: model(x, training=False))
    import jax

    @jax.jit
    def run(trainable, others, x):
        return model.stateless_call(trainable, others, x, training=False)[0]

    def call(x):
        groups = model.trainable_variables, model.non_trainable_variables
        return run(*([v.value for v in group] for group in groups), x)

    return call
