from typing import Any

import keras

from kerassnn.distillation import arguments
from kerassnn.distillation.distiller import Distiller
from kerassnn.distillation.losses import logits_kd


@keras.saving.register_keras_serializable("kerassnn")
class LogitsKD(Distiller):
    """Hinton's distillation on the mean logits of the student.

    L = task + kd, kd = tau^2 KL(softmax(z^a / tau) || softmax(zbar / tau)),
    zbar the mean of the student's logits over time.

    Args:
        student: Functional `keras.Model`, images to logits (B, K).
        teacher: Functional `keras.Model`, images to logits (B, K).
        temperature: Float > 0, tau. Defaults to `4.0`.
        loss_weights: Dict over `{"task": 1.0, "kd": 1.0}`.

    Raises:
        ValueError: as `Distiller`; or if `temperature` is not positive.

    Differs from the paper: the student's logits are averaged over time, as
        all spiking versions do.

    Reference: Hinton et al., Distilling the Knowledge in a Neural Network,
        2015, arXiv 1503.02531.
    """

    needs_teacher = True
    default_weights = {"task": 1.0, "kd": 1.0}

    def __init__(
        self,
        student: keras.Model,
        teacher: keras.Model,
        *,
        temperature: float = 4.0,
        **kwargs: Any,
    ):
        super().__init__(student, teacher, **kwargs)
        self.temperature = arguments.positive("temperature", temperature)

    def loss_terms(self, y: Any, views: dict) -> dict[str, Any]:
        student, teacher = views["student"], views["teacher"]
        return {
            "kd": logits_kd(
                teacher["logits"], student["logits"], self.temperature
            )
        }

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "temperature": self.temperature}
