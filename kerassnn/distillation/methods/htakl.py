import math
from typing import Any

import keras
from keras import ops

from kerassnn.distillation import arguments
from kerassnn.distillation.distiller import Distiller
from kerassnn.ops.distance import divergence

LEAST = math.log(2.0**-126)  # of a probability, the smallest of float32


def head_mask(probabilities, threshold):
    """1 for the likeliest classes that first reach `threshold` together.

    Args:
        probabilities: Tensor (B, K), rows that sum to 1.
        threshold: Float in (0, 1].

    Returns:
        Tensor (B, K) of 0 and 1; at least one 1 in a row.
    """
    order = ops.argsort(-probabilities, axis=-1)
    ordered = ops.take_along_axis(probabilities, order, axis=-1)
    before = ops.cumsum(ordered, axis=-1) - ordered
    head = ops.cast(before < threshold, probabilities.dtype)
    return ops.take_along_axis(head, ops.argsort(order, axis=-1), axis=-1)


def head_tail_kl(teacher_logits, logits, temperature, threshold):
    """Forward and reverse KL, weighted by the error in head and tail.

    g_h = sum over the head of |p - q|, g_t = sum over the tail, detached;
    tau^2 (g_h KL(p || q) + g_t KL(q || p)) / (g_h + g_t). In the reverse KL,
    which is infinite where p is 0, p is at least 2^-126.

    Args:
        teacher_logits: Tensor (B, K); -inf for a class that is ruled out.
        logits: Tensor (B, K).
        temperature: Float > 0.
        threshold: Float in (0, 1], probability of the teacher's head.

    Returns:
        Scalar, mean over the batch; 0 where p equals q.
    """
    log_p = ops.log_softmax(teacher_logits / temperature, axis=-1)
    log_q = ops.log_softmax(logits / temperature, axis=-1)
    p, q = ops.exp(log_p), ops.exp(log_q)
    head = head_mask(ops.stop_gradient(p), threshold)
    error = ops.stop_gradient(ops.abs(p - q))
    total = ops.sum(error, axis=-1)
    share = ops.sum(head * error, axis=-1) / ops.where(total > 0, total, 1.0)
    forward = divergence(log_p, log_q)
    reverse = ops.sum(q * (log_q - ops.maximum(log_p, LEAST)), axis=-1)
    rows = share * forward + (1.0 - share) * reverse
    return ops.mean(rows) * temperature**2


@keras.saving.register_keras_serializable("kerassnn")
class HTAKL(Distiller):
    """Head-tail-aware distillation of the mean logits.

        L = task + kd, kd the `head_tail_kl` of the teacher's and the
        student's mean logits

    The forward KL serves the classes the teacher believes in, the reverse KL
    those it does not; how wrong the student is in each decides the mixture.

    Args:
        student: Functional `keras.Model`, images to logits (B, K).
        teacher: Functional `keras.Model`, images to logits (B, K).
        temperature: Float > 0. Defaults to `4.0`.
        threshold: Float in (0, 1], probability of the head. Defaults to
            `0.5`.
        loss_weights: Dict over `{"task": 1.0, "kd": 1.0}`.

    Raises:
        ValueError: as `Distiller`; or if an option lies outside its range.

    Differs from the paper: its abstract alone is known. The mixture follows
        the adaptive KL of the language model literature; threshold,
        temperature, weight and the detached shares are ours.

    Reference: Zhang et al., Head-Tail-Aware KL Divergence in Knowledge
        Distillation for Spiking Neural Networks, 2025, arXiv 2504.20445.
    """

    needs_teacher = True
    abstract_only = True
    default_weights = {"task": 1.0, "kd": 1.0}

    def __init__(
        self,
        student: keras.Model,
        teacher: keras.Model,
        *,
        temperature: float = 4.0,
        threshold: float = 0.5,
        **kwargs: Any,
    ):
        super().__init__(student, teacher, **kwargs)
        self.temperature = arguments.positive("temperature", temperature)
        self.threshold = arguments.share("threshold", threshold, one=True)

    def loss_terms(self, y: Any, views: dict) -> dict[str, Any]:
        kd = head_tail_kl(
            views["teacher"]["logits"],
            views["student"]["logits"],
            self.temperature,
            self.threshold,
        )
        return {"kd": kd}

    def get_config(self) -> dict[str, Any]:
        own = {"temperature": self.temperature, "threshold": self.threshold}
        return {**super().get_config(), **own}
