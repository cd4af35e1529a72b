"""Loss terms that several methods share: pure functions of tensors."""

from typing import Any

from keras import ops

from kerassnn.ops.distance import kl
from kerassnn.ops.distance import unit


def logits_kd(teacher_logits: Any, logits: Any, temperature: float) -> Any:
    """tau^2 KL(softmax(z^a / tau) || softmax(z / tau)), mean over the batch.

    Args:
        teacher_logits: Tensor (B, K).
        logits: Tensor (B, K).
        temperature: Float > 0.

    Returns:
        Scalar, nats.
    """
    return ops.mean(kl(teacher_logits, logits, temperature))


def step_kd(teacher_logits: Any, logits_t: Any, temperature: float) -> Any:
    """tau^2 KL(softmax(z^a / tau) || softmax(z_t / tau)), mean over B and T.

    Args:
        teacher_logits: Tensor (B, K).
        logits_t: Tensor (B, T, K).
        temperature: Float > 0.

    Returns:
        Scalar, nats.
    """
    target = ops.expand_dims(teacher_logits, 1)
    return ops.mean(kl(target, logits_t, temperature))


def imitation(student: Any, teacher: Any) -> Any:
    """Squared distance of two maps (B, H, W, C) of one size.

    Returns:
        Scalar, sum over H, W and C, mean over the batch.
    """
    square = ops.square(student - teacher)
    return ops.mean(ops.sum(square, axis=(1, 2, 3)))


def attention_map(features: Any) -> Any:
    """Energy over space: mean_c f^2 flattened, of length one.

    Args:
        features: Tensor (B, H, W, C).

    Returns:
        Tensor (B, H W); zeros for a silent map.
    """
    energy = ops.mean(ops.square(features), axis=-1)
    size = energy.shape[1] * energy.shape[2]
    return unit(ops.reshape(energy, (-1, size)))


def right_steps(logits_t: Any, labels: Any) -> Any:
    """Tensor (B, T, 1), 1 where a step predicts the label and 0 elsewhere."""
    predicted = ops.cast(ops.argmax(logits_t, axis=-1), "int32")
    right = ops.equal(predicted, ops.expand_dims(labels, 1))
    return ops.expand_dims(ops.cast(right, logits_t.dtype), -1)


def right_vote(logits_t: Any, labels: Any) -> Any:
    """Mean logits of those steps that predict the label.

    Args:
        logits_t: Tensor (B, T, K).
        labels: Tensor (B,), int32 class indices.

    Returns:
        Tensor (B, K); zeros, a uniform target, where no step is right.
    """
    right = right_steps(logits_t, labels)
    count = ops.maximum(ops.sum(right, axis=1), 1.0)
    return ops.sum(right * logits_t, axis=1) / count


def two_classes(logits: Any) -> Any:
    """One logit z as the logits (0, z) of two classes; more as they are."""
    if logits.shape[-1] > 1:
        return logits
    return ops.concatenate([ops.zeros_like(logits), logits], axis=-1)


def as_two_classes(y: Any, views: dict) -> tuple:
    """Labels and views of nets that give one logit, as of two classes.

    Args:
        y: Tensor (B,) or (B, 1), probabilities of the class that z stands
            for; or any labels of nets that give more logits.
        views: Dict role -> dict tap -> tensor.

    Returns:
        Labels (B, 2), and the views with `two_classes` of `logits` and
        `logits_t`; both as they are where there are more logits.
    """
    if views["student"]["logits"].shape[-1] > 1:
        return y, views
    views = {role: dict(taps) for role, taps in views.items()}
    for role in ("student", "teacher"):
        for tap in ("logits", "logits_t"):
            if tap in views.get(role, {}):
                views[role][tap] = two_classes(views[role][tap])
    dtype = views["student"]["logits"].dtype
    y = ops.cast(ops.reshape(y, (-1, 1)), dtype)
    return ops.concatenate([1.0 - y, y], axis=-1), views


def flatten_steps(y: Any, logits_t: Any, sample_weight: Any = None) -> tuple:
    """Per-step logits as one batch: the loss is then its mean over T.

    Args:
        y: Tensor (B,) or (B, K), labels.
        logits_t: Tensor (B, T, K).
        sample_weight: Tensor (B,) or `None`.

    Returns:
        Labels (B T, ...), logits (B T, K), weights (B T,) or `None`.
    """
    steps, classes = logits_t.shape[1:]
    logits = ops.reshape(logits_t, (-1, classes))
    y = ops.repeat(y, steps, axis=0)
    if sample_weight is not None:
        sample_weight = ops.repeat(sample_weight, steps, axis=0)
    return y, logits, sample_weight


def agreement(views: dict) -> Any:
    """Tensor (B,), 1 where the student predicts what the teacher does."""
    student = ops.argmax(views["student"]["logits"], axis=-1)
    teacher = ops.argmax(views["teacher"]["logits"], axis=-1)
    return ops.cast(student == teacher, "float32")
