"""Embeddings of a batch's similarities, for attention between layers."""

import keras
from keras import ops

from kerassnn.distillation.adapters import adapt
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
    full = {"dtype": "float32"}
    net = keras.Sequential(
        [
            keras.layers.Dense(2 * size, activation="relu", **full),
            keras.layers.Dense(size, **full),
        ]
    )
    net.build((None, width))
    return net


def embed(net, grams, width):
    """Unit rows of an MLP over Gram matrices.

    Args:
        net: MLP of `width` inputs.
        grams: Tensor (..., B, B), B at most `width`; smaller ones count as
            padded with samples of no similarity.
        width: Int.

    Returns:
        Tensor (..., B, D).

    Raises:
        ValueError: if the batch is larger than `width`.
    """
    batch = grams.shape[-1]
    shape = ops.shape(grams)
    if batch is not None and batch > width:
        raise ValueError(
            f"attention was built for batches of {width}. "
            f"Received: a batch of {batch}"
        )
    if batch != width:
        missing = ops.zeros((*shape[:-1], width - shape[-1]))
        grams = ops.concatenate([grams, missing], axis=-1)
    rows = unit(adapt(net, ops.reshape(grams, (-1, width))))
    return ops.reshape(rows, (*shape[:-1], rows.shape[-1]))
