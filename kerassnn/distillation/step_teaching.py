"""Timesteps that teach each other; what the two directions share."""

from typing import Any

import keras
from keras import ops

from kerassnn.distillation import arguments
from kerassnn.distillation.distiller import Distiller
from kerassnn.ops.distance import kl


def confidence(logits_t):
    """Largest class probability of every step, mean over the batch.

    Args:
        logits_t: Tensor (B, T, K).

    Returns:
        Tensor (T,).
    """
    return ops.mean(ops.max(ops.softmax(logits_t, axis=-1), axis=-1), axis=0)


def ranked(logits_t):
    """Steps in the order of their confidence, the most confident first."""
    order = ops.argsort(-ops.stop_gradient(confidence(logits_t)))
    return ops.take(logits_t, order, axis=1)


def first_teaches_last(logits_t, temperature, ensemble=False):
    """KL(softmax(z_1 / tau) || softmax(z_T / tau)), mean over the batch.

    Args:
        logits_t: Tensor (B, T, K), steps from teacher to student.
        temperature: Float > 0.
        ensemble: Bool. Whether the mean of all but the last step teaches.

    Returns:
        Scalar, nats, not scaled by tau^2; 0 where T is 1.
    """
    teacher = logits_t[:, 0]
    if ensemble and logits_t.shape[1] > 1:
        teacher = ops.mean(logits_t[:, :-1], axis=1)
    return _divergence(teacher, logits_t[:, -1], temperature)


def each_teaches_next(logits_t, temperature):
    """KL of every step to the next, mean over the T - 1 pairs and B.

    Arguments and result as `first_teaches_last`.
    """
    if logits_t.shape[1] == 1:
        return first_teaches_last(logits_t, temperature)
    return _divergence(logits_t[:, :-1], logits_t[:, 1:], temperature)


def _divergence(teacher, student, temperature):
    rows = kl(ops.stop_gradient(teacher), student, temperature)
    return ops.mean(rows) / temperature**2


class StepTeaching(Distiller):
    """Abstract: the first of a student's steps, in some order, teach the last.

    A subclass is final and gives the order in `order`; arguments and errors
    are those of `Strong2Weak`.
    """

    reads_steps = True
    rate_based = False
    default_weights = {"task": 1.0, "self": 1.0}

    def __init__(
        self,
        student: keras.Model,
        *,
        temperature: float = 2.0,
        ensemble: bool = False,
        cascade: bool = False,
        **kwargs: Any,
    ):
        super().__init__(student, **kwargs)
        self.temperature = arguments.positive("temperature", temperature)
        self.ensemble, self.cascade = check_variant(ensemble, cascade)

    def order(self, logits_t: Any) -> Any:
        """Logits (B, T, K), their steps from teacher to student."""
        raise NotImplementedError

    def loss_terms(self, y: Any, views: dict) -> dict[str, Any]:
        steps = self.order(views["student"]["logits_t"])
        if self.cascade:
            return {"self": each_teaches_next(steps, self.temperature)}
        term = first_teaches_last(steps, self.temperature, self.ensemble)
        return {"self": term}

    def get_config(self) -> dict[str, Any]:
        own = {
            "temperature": self.temperature,
            "ensemble": self.ensemble,
            "cascade": self.cascade,
        }
        return {**super().get_config(), **own}


def check_variant(ensemble, cascade):
    """Both; ValueError unless they are bools and at most one is set."""
    ensemble = arguments.flag("ensemble", ensemble)
    cascade = arguments.flag("cascade", cascade)
    if ensemble and cascade:
        raise ValueError(
            "expected at most one of `ensemble` and `cascade`. "
            f"Received: ensemble={ensemble}, cascade={cascade}"
        )
    return ensemble, cascade
