import keras
from keras import ops

from kerassnn.distillation import checks
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

    default_weights = {"task": 1.0, "self": 1.0}
    required_student_taps = ("logits", "logits_t")

    def __init__(
        self,
        student,
        *,
        temperature=2.0,
        ensemble=False,
        cascade=False,
        **kwargs,
    ):
        super().__init__(student, **kwargs)
        self._student.sequence("logits_t")
        self.temperature = checks.positive("temperature", temperature)
        self.ensemble, self.cascade = check_variant(ensemble, cascade)

    def order(self, logits_t):
        """Logits (B, T, K), their steps from teacher to student."""
        raise NotImplementedError

    def loss_terms(self, y, views):
        steps = self.order(views["student"]["logits_t"])
        if self.cascade:
            return {"self": each_teaches_next(steps, self.temperature)}
        term = first_teaches_last(steps, self.temperature, self.ensemble)
        return {"self": term}

    def get_config(self):
        own = {
            "temperature": self.temperature,
            "ensemble": self.ensemble,
            "cascade": self.cascade,
        }
        return {**super().get_config(), **own}


@keras.saving.register_keras_serializable("kerassnn")
class Strong2Weak(StepTeaching):
    """The most confident step teaches the least confident one; no teacher.

        L = task + self
        self = KL(softmax(z_s / tau) || softmax(z_w / tau))

    s and w are the steps whose largest class probability, averaged over the
    batch, is highest and lowest; z_s is detached. `Weak2Strong` exchanges
    them.

    Args:
        student: SNN with the tap `logits_t`, (B, T, K).
        temperature: Float > 0, tau. Defaults to `2.0`.
        ensemble: Bool. Whether the mean of all other steps teaches.
        cascade: Bool. Whether each step teaches the next weaker one instead,
            averaged over the T - 1 pairs.
        weights: Dict over `{"task": 1.0, "self": 1.0}`.

    Raises:
        ValueError: as `Distiller`; if `temperature` is not positive, or both
            variants are asked for.

    Differs from the paper: that the teaching step is detached is ours, as
        is the reading that an ensemble replaces the teacher only. The loss
        has no factor tau^2, as printed.

    Reference: Ding et al., NeurIPS 2025, Strong2Weak and Weak2Strong.
    """

    def order(self, logits_t):
        return ranked(logits_t)


def check_variant(ensemble, cascade):
    """Both as bools; ValueError if both are set."""
    if ensemble and cascade:
        raise ValueError(
            "expected at most one of `ensemble` and `cascade`. "
            f"Received: ensemble={ensemble}, cascade={cascade}"
        )
    return bool(ensemble), bool(cascade)
