from typing import Any

import keras
from keras import ops

from kerassnn.distillation import arguments
from kerassnn.distillation.distiller import Distiller
from kerassnn.distillation.losses import flatten_steps
from kerassnn.distillation.losses import right_vote
from kerassnn.distillation.losses import step_kd
from kerassnn.ops.labels import class_indices


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
        loss_weights: Dict over `{"task": 1.0, "kd": 0.2, "vote": 0.5}`.

    Raises:
        ValueError: as `Distiller`; or if `temperature` is not positive.

    Differs from the paper: none known. The paper and its code disagree on
        who votes; see `right_steps_only`.

    Reference: Yu et al., ICML 2025, arXiv 2501.15925, and its code.
    """

    needs_teacher = True
    reads_steps = True
    rate_based = False
    default_weights = {"task": 1.0, "kd": 0.2, "vote": 0.5}

    def __init__(
        self,
        student: keras.Model,
        teacher: keras.Model,
        *,
        temperature: float = 3.0,
        right_steps_only: bool = False,
        **kwargs: Any,
    ):
        super().__init__(student, teacher, **kwargs)
        self.temperature = arguments.positive("temperature", temperature)
        self.right_steps_only = arguments.flag(
            "right_steps_only", right_steps_only
        )

    def task_inputs(self, y: Any, views: dict, sample_weight: Any) -> tuple:
        return flatten_steps(y, views["student"]["logits_t"], sample_weight)

    def loss_terms(self, y: Any, views: dict) -> dict[str, Any]:
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

    def get_config(self) -> dict[str, Any]:
        own = {
            "temperature": self.temperature,
            "right_steps_only": self.right_steps_only,
        }
        return {**super().get_config(), **own}
