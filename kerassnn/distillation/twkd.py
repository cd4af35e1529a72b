import keras
from keras import ops

from kerassnn.distillation import checks
from kerassnn.distillation.distiller import Distiller
from kerassnn.distillation.distiller import fold_steps
from kerassnn.distillation.tser import step_kd
from kerassnn.ops.labels import class_indices


def right_vote(logits_t, labels):
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


def right_steps(logits_t, labels):
    """Tensor (B, T, 1), 1 where a step predicts the label and 0 elsewhere."""
    predicted = ops.cast(ops.argmax(logits_t, axis=-1), "int32")
    right = ops.equal(predicted, ops.expand_dims(labels, 1))
    return ops.expand_dims(ops.cast(right, logits_t.dtype), -1)


@keras.saving.register_keras_serializable("kerassnn")
class TWKD(Distiller):
    """Temporal-wise distillation, by the teacher and by the steps' vote.

        L = task + 0.2 kd + 0.5 vote
        task = 1/T sum_t CE(z_t, y)
        kd = tau^2/T sum_t KL(softmax(z^a / tau) || softmax(z_t / tau))
        vote = tau^2/T sum_t KL(softmax(z_e / tau) || softmax(z_t / tau))

    z_e, detached, is the mean of the steps' logits.

    Args:
        student: SNN with the tap `logits_t`, (B, T, K).
        teacher: ANN, images to logits (B, K).
        temperature: Float > 0, tau. Defaults to `3.0`.
        right_steps_only: Bool. Whether only steps that predict the label
            vote, sample by sample, as in the released code. Defaults to
            `False`: all of them, as the paper says.
        weights: Dict over `{"task": 1.0, "kd": 0.2, "vote": 0.5}`.

    Raises:
        ValueError: as `Distiller`; or if `temperature` is not positive.

    Differs from the paper: none known. The paper and its code disagree on
        who votes; see `right_steps_only`.

    Reference: Yu et al., ICML 2025, arXiv 2501.15925, and its code.
    """

    default_weights = {"task": 1.0, "kd": 0.2, "vote": 0.5}
    required_student_taps = ("logits", "logits_t")
    required_teacher_taps = ("logits",)

    def __init__(
        self,
        student,
        teacher,
        *,
        temperature=3.0,
        right_steps_only=False,
        **kwargs,
    ):
        super().__init__(student, teacher, **kwargs)
        self._student.sequence("logits_t")
        self.temperature = checks.positive("temperature", temperature)
        self.right_steps_only = bool(right_steps_only)

    def task_inputs(self, y, views, sample_weight):
        return fold_steps(y, views["student"]["logits_t"], sample_weight)

    def loss_terms(self, y, views):
        logits_t = views["student"]["logits_t"]
        vote = ops.mean(logits_t, axis=1)
        if self.right_steps_only:
            vote = right_vote(logits_t, class_indices(y, logits_t.shape[-1]))
        vote = ops.stop_gradient(vote)
        target = views["teacher"]["logits"]
        return {
            "kd": step_kd(target, logits_t, self.temperature),
            "vote": step_kd(vote, logits_t, self.temperature),
        }

    def get_config(self):
        own = {
            "temperature": self.temperature,
            "right_steps_only": self.right_steps_only,
        }
        return {**super().get_config(), **own}
