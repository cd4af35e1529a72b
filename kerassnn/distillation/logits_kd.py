import keras
from keras import ops

from kerassnn.distillation import checks
from kerassnn.distillation.distiller import Distiller
from kerassnn.ops.distance import kl


def logits_kd(teacher_logits, logits, temperature):
    """tau^2 KL(softmax(z^a / tau) || softmax(z / tau)), mean over the batch.

    Args:
        teacher_logits: Tensor (B, K).
        logits: Tensor (B, K).
        temperature: Float > 0.

    Returns:
        Scalar, nats.
    """
    return ops.mean(kl(teacher_logits, logits, temperature))


@keras.saving.register_keras_serializable("kerassnn")
class LogitsKD(Distiller):
    """Hinton's distillation on the mean logits of the student.

    L = task + kd, kd = tau^2 KL(softmax(z^a / tau) || softmax(zbar / tau)),
    zbar the mean of the student's logits over time.

    Args:
        student: Functional `keras.Model`, images to logits (B, K).
        teacher: Functional `keras.Model`, images to logits (B, K).
        temperature: Float > 0, tau. Defaults to `4.0`.
        weights: Dict over `{"task": 1.0, "kd": 1.0}`.

    Raises:
        ValueError: as `Distiller`; or if `temperature` is not positive.

    Differs from the paper: the student's logits are averaged over time, as
        all spiking versions do.

    Reference: Hinton et al., Distilling the Knowledge in a Neural Network,
        2015, arXiv 1503.02531.
    """

    default_weights = {"task": 1.0, "kd": 1.0}
    required_teacher_taps = ("logits",)

    def __init__(self, student, teacher, *, temperature=4.0, **kwargs):
        super().__init__(student, teacher, **kwargs)
        self.temperature = checks.positive("temperature", temperature)

    def loss_terms(self, y, views):
        student, teacher = views["student"], views["teacher"]
        return {
            "kd": logits_kd(
                teacher["logits"], student["logits"], self.temperature
            )
        }

    def get_config(self):
        return {**super().get_config(), "temperature": self.temperature}
