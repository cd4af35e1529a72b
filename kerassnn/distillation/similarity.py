"""Embeddings of a batch's similarities, for attention between layers."""

import math

import keras
from keras import ops

from kerassnn.distillation.adapters import adapt
from kerassnn.distillation.adapters import wide
from kerassnn.ops.distance import unit


def check_width(batch_size):
    """`batch_size`, which attention is as wide as; ValueError if unknown."""
    if batch_size is None:
        raise ValueError(
            "attention between layers is as wide as the batch: pass "
            "`batch_size`, or train on batches of a known size. Received: None"
        )
    return batch_size


def mlp(width):
    """Linear(B -> 2 d), ReLU, Linear(2 d -> d), d = B / 4."""
    size = max(1, width // 4)
    # Sums over whole maps: more than float16 holds.
    full = {"dtype": wide()}
    net = keras.Sequential(
        [
            keras.layers.Dense(2 * size, activation="relu", **full),
            keras.layers.Dense(size, **full),
        ]
    )
    net.build((None, width))
    return net


def step_similarities(features, width):
    """Inner products of every sample with those of its group, step by step.

    A batch of at most `width` samples is one group; a larger one is several
    of `width`. A short group counts as padded with samples of no similarity.

    Args:
        features: Tensor (B, T, ...).
        width: Int.

    Returns:
        Tensor (T, B, width).
    """
    batch, steps = features.shape[:2]
    # Not -1: TensorFlow forgets the size where the batch is not known.
    size = math.prod(features.shape[2:])
    rows = ops.reshape(features, (ops.shape(features)[0], steps, size))
    rows = ops.transpose(rows, (1, 0, 2))
    if batch is not None and batch <= width:
        grams = ops.matmul(rows, ops.transpose(rows, (0, 2, 1)))
        return _padded(grams, 2, width - batch)
    batch = ops.shape(features)[0]
    groups = (batch + width - 1) // width
    rows = _padded(rows, 1, groups * width - batch)
    rows = ops.reshape(rows, (steps, groups, width, size))
    grams = ops.matmul(rows, ops.transpose(rows, (0, 1, 3, 2)))
    return ops.reshape(grams, (steps, groups * width, width))[:, :batch]


def similarities(features, width):
    """The same of maps without a time axis: (B, ...) -> (B, width)."""
    return step_similarities(ops.expand_dims(features, 1), width)[0]


def embed(net, rows):
    """Unit rows of an MLP over similarities, (..., width) -> (..., D)."""
    shape = ops.shape(rows)
    rows = unit(adapt(net, ops.reshape(rows, (-1, rows.shape[-1]))))
    return ops.reshape(rows, (*shape[:-1], rows.shape[-1]))


def attention(queries, keys):
    """softmax over teacher layers of query . key, per step and sample.

    Args:
        queries: Tensor (..., B, D) of one student layer, rows of length one.
        keys: List over the teacher's layers of tensors (B, D), likewise.

    Returns:
        Tensor (..., B, L), rows over L sum to 1.
    """
    scores = [ops.sum(queries * k, axis=-1) for k in keys]
    return ops.softmax(ops.stack(scores, axis=-1), axis=-1)


def _padded(x, axis, missing):
    if isinstance(missing, int) and missing == 0:
        return x
    shape = list(ops.shape(x))
    shape[axis] = missing
    return ops.concatenate([x, ops.zeros(shape, dtype=x.dtype)], axis=axis)
