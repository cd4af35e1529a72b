"""Labels given as class indices or as distributions over the classes."""

from typing import Any

from keras import ops


def class_indices(y: Any, classes: int) -> Any:
    """Labels as int32 indices.

    Args:
        y: Tensor (B,) or (B, 1) of indices, or (B, K) of probabilities.
        classes: Int, K.

    Returns:
        Tensor (B,), the likeliest class of a mixed label.
    """
    if _soft(y, classes):
        return ops.cast(ops.argmax(y, axis=-1), "int32")
    return ops.cast(ops.reshape(y, (-1,)), "int32")


def cross_entropy(y: Any, logits: Any) -> Any:
    """-sum_k y_k log softmax(z)_k of every row.

    Args:
        y: Labels, as in `class_indices`.
        logits: Tensor (B, K).

    Returns:
        Tensor (B,), nats.
    """
    classes = logits.shape[-1]
    if not _soft(y, classes):
        y = ops.one_hot(class_indices(y, classes), classes)
    y = ops.cast(y, logits.dtype)
    log_p = ops.log_softmax(logits, axis=-1)
    # A logit of -inf costs nothing where no label asks for its class.
    return -ops.sum(y * ops.where(y != 0, log_p, 0.0), axis=-1)


def _soft(y, classes):
    return len(y.shape) == 2 and y.shape[-1] == classes and classes > 1
