import math
from typing import Any

import keras
from keras import ops

from kerassnn.distillation import arguments
from kerassnn.distillation.distiller import Distiller
from kerassnn.distillation.losses import flatten_steps
from kerassnn.ops.distance import entropy
from kerassnn.ops.distance import kl
from kerassnn.ops.distance import unit
from kerassnn.ops.labels import class_indices


def error_aligned_kd(teacher_logits, logits_t, labels, temperature):
    """Distillation per step that does not fight over the label.

    Where step t predicts w and not the label y, z_w of the student is
    replaced by z_y, and both entries of the teacher by the smaller one.

    Args:
        teacher_logits: Tensor (B, K).
        logits_t: Tensor (B, T, K).
        labels: Tensor (B,), int32 class indices.
        temperature: Float > 0.

    Returns:
        Scalar, tau^2 KL, mean over B and T.
    """
    classes = logits_t.shape[-1]
    # Where the step is right, y is w and nothing below changes a value.
    predicted = ops.argmax(logits_t, axis=-1)
    predicted = ops.one_hot(predicted, classes, dtype="bool")
    label = ops.expand_dims(ops.one_hot(labels, classes, dtype="bool"), 1)
    teacher = ops.expand_dims(teacher_logits, 1)
    student = ops.where(predicted, _chosen(label, logits_t), logits_t)
    smaller = ops.minimum(_chosen(label, teacher), _chosen(predicted, teacher))
    either = ops.logical_or(predicted, label)
    teacher = ops.where(either, smaller, teacher)
    return ops.mean(kl(teacher, student, temperature))


def _chosen(mask, logits):
    """The one logit of each row that the mask chooses, (..., 1)."""
    return ops.sum(ops.where(mask, logits, 0.0), axis=-1, keepdims=True)


def peers(logits_t):
    """What every step learns from the others.

    The softmax over the others, k, of confidence_k cos(z_t, z_k) weighs
    their logits; confidence is 1 - H / log K.

    Args:
        logits_t: Tensor (B, T, K).

    Returns:
        Tensor (B, T, K), logits of the targets, detached; where T is 1, of
        the step itself.
    """
    logits_t = ops.stop_gradient(logits_t)
    steps, classes = logits_t.shape[1:]
    if steps == 1:
        return logits_t
    sure = 1.0 - entropy(logits_t) / math.log(classes)
    rows = unit(logits_t)
    cosine = ops.matmul(rows, ops.transpose(rows, (0, 2, 1)))
    scores = cosine * ops.expand_dims(sure, 1) - 1e9 * ops.eye(
        steps, dtype=cosine.dtype
    )
    return ops.matmul(ops.softmax(scores, axis=-1), logits_t)


def step_agreement(logits_t, temperature):
    """tau^2 KL of the `peers` of a step to it, mean over B and T.

    Args:
        logits_t: Tensor (B, T, K).
        temperature: Float > 0.

    Returns:
        Scalar; 0 where T is 1.
    """
    return ops.mean(kl(peers(logits_t), logits_t, temperature))


@keras.saving.register_keras_serializable("kerassnn")
class SeAlKD(Distiller):
    """Error-aligned distillation by the teacher and among the steps.

        L = task + 0.6 kd + 0.15 peers
        task = 1/T sum_t CE(z_t, y)

    kd is `error_aligned_kd`, peers `step_agreement`.

    Args:
        student: SNN with the tap `logits_t`, (B, T, K).
        teacher: ANN, images to logits (B, K).
        temperature: Float > 0, of both. Defaults to `3.0`.
        loss_weights: Dict over `{"task": 1.0, "kd": 0.6, "peers": 0.15}`.

    Raises:
        ValueError: as `Distiller`; or if `temperature` is not positive.

    Differs from the paper: its code's equations. That the confidences and
        cosines are taken at temperature 1 and the targets mix logits, not
        probabilities, is our reading.

    Reference: SeAl-KD, 2026, arXiv 2605.14252, and its code.
    """

    needs_teacher = True
    reads_steps = True
    rate_based = False
    default_weights = {"task": 1.0, "kd": 0.6, "peers": 0.15}

    def __init__(
        self,
        student: keras.Model,
        teacher: keras.Model,
        *,
        temperature: float = 3.0,
        **kwargs: Any,
    ):
        super().__init__(student, teacher, **kwargs)
        self.temperature = arguments.positive("temperature", temperature)

    def task_inputs(self, y: Any, views: dict, sample_weight: Any) -> tuple:
        return flatten_steps(y, views["student"]["logits_t"], sample_weight)

    def loss_terms(self, y: Any, views: dict) -> dict[str, Any]:
        logits_t = views["student"]["logits_t"]
        labels = class_indices(y, logits_t.shape[-1])
        target = views["teacher"]["logits"]
        return {
            "kd": error_aligned_kd(target, logits_t, labels, self.temperature),
            "peers": step_agreement(logits_t, self.temperature),
        }

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "temperature": self.temperature}
