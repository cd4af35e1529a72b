"""Distances that stay finite for the silent layers of a spiking network."""

from typing import Any

from keras import ops


def unit(x: Any, epsilon: float = 1e-6) -> Any:
    """Rows of `x` scaled to length one; rows shorter than epsilon to zero.

    A silent layer gives all-zero rows, where x / |x| has no gradient: here
    they map to zero and pass none. All other rows are normalised exactly.

    Args:
        x: Tensor (..., D).
        epsilon: Float, length below which a row counts as zero.

    Returns:
        Tensor (..., D).
    """
    square = ops.sum(ops.square(x), axis=-1, keepdims=True)
    alive = square > epsilon**2
    inverse = ops.rsqrt(ops.where(alive, square, 1.0))
    return ops.where(alive, x * inverse, 0.0)


def length(x: Any, epsilon: float = 1e-6) -> Any:
    """Euclidean length of the rows of `x`; below epsilon 0, without gradient.

    Args:
        x: Tensor (..., D).
        epsilon: Float.

    Returns:
        Tensor (...).
    """
    square = ops.sum(ops.square(x), axis=-1)
    alive = square > epsilon**2
    return ops.where(alive, ops.sqrt(ops.where(alive, square, 1.0)), 0.0)


def kl(
    teacher_logits: Any, student_logits: Any, temperature: float = 1.0
) -> Any:
    """tau^2 KL(softmax(z^a / tau) || softmax(z / tau)) of every row.

    Args:
        teacher_logits: Tensor (..., K).
        student_logits: Tensor (..., K).
        temperature: Float > 0.

    Returns:
        Tensor (...), the divergence of each row in nats, times tau^2.
    """
    log_p = ops.log_softmax(teacher_logits / temperature, axis=-1)
    log_q = ops.log_softmax(student_logits / temperature, axis=-1)
    return divergence(log_p, log_q) * temperature**2


def divergence(log_p: Any, log_q: Any) -> Any:
    """KL(p || q) of every row, of logarithms; a class of p = 0 counts 0.

    Args:
        log_p: Tensor (..., K), -inf where p is 0.
        log_q: Tensor (..., K).

    Returns:
        Tensor (...), nats.
    """
    p = ops.exp(log_p)
    return ops.sum(p * ops.where(p > 0, log_p - log_q, 0.0), axis=-1)


def entropy(logits: Any, temperature: float = 1.0) -> Any:
    """H(softmax(z / tau)) of every row.

    Args:
        logits: Tensor (..., K).
        temperature: Float > 0.

    Returns:
        Tensor (...), nats, from 0 (one class) to log K (uniform).
    """
    log_p = ops.log_softmax(logits / temperature, axis=-1)
    p = ops.exp(log_p)
    return -ops.sum(p * ops.where(p > 0, log_p, 0.0), axis=-1)


def gram(x: Any) -> Any:
    """Inner products of the samples of a batch.

    Args:
        x: Tensor (B, ...), flattened to (B, D).

    Returns:
        Tensor (B, B).
    """
    rows = ops.reshape(x, (ops.shape(x)[0], -1))
    return ops.matmul(rows, ops.transpose(rows))
