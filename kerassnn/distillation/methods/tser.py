from typing import Any

import keras
from keras import ops

from kerassnn.distillation import arguments
from kerassnn.distillation.distiller import Distiller
from kerassnn.distillation.losses import flatten_steps
from kerassnn.distillation.losses import step_kd
from kerassnn.ops.distance import entropy


def step_entropy(logits_t, temperature):
    """Entropy of softmax(z_t / tau), mean over B and T; nats."""
    return ops.mean(entropy(logits_t, temperature))


@keras.saving.register_keras_serializable("kerassnn")
class TSER(Distiller):
    """Temporal separation with entropy regularisation.

    Labels and teacher are compared with the logits of every step, not with
    their mean, and the steps' entropy is rewarded:

        L = task + 0.2 kd - 0.01 entropy
        task = 1/T sum_t CE(z_t, y)
        kd = tau^2/T sum_t KL(softmax(z^a / tau) || softmax(z_t / tau))
        entropy = 1/T sum_t H(softmax(z_t))

    `entropy` is logged as it is, positive; its weight is negative.

    Args:
        student: SNN with the tap `logits_t`, (B, T, K).
        teacher: ANN, images to logits (B, K).
        temperature: Float > 0, of `kd`. Defaults to `4.0`.
        task_temperature: Float > 0, of `task`. Defaults to `1.0`.
        entropy_temperature: Float > 0, of `entropy`. Defaults to `1.0`.
        loss_weights: Dict over `{"task": 1.0, "kd": 0.2, "entropy": -0.01}`.

    Raises:
        ValueError: as `Distiller`; or if a temperature is not positive.

    Differs from the paper: its weights, its temperatures and whether the
        task term is weighted by 1 - alpha could not be learned. The three
        terms are its own; the defaults are ours.

    Reference: Yu et al., Temporal Separation with Entropy Regularization for
        Knowledge Distillation in Spiking Neural Networks, CVPR 2025,
        arXiv 2503.03144.
    """

    needs_teacher = True
    reads_steps = True
    rate_based = False
    default_weights = {"task": 1.0, "kd": 0.2, "entropy": -0.01}

    def __init__(
        self,
        student: keras.Model,
        teacher: keras.Model,
        *,
        temperature: float = 4.0,
        task_temperature: float = 1.0,
        entropy_temperature: float = 1.0,
        **kwargs: Any,
    ):
        super().__init__(student, teacher, **kwargs)
        self.temperature = arguments.positive("temperature", temperature)
        self.task_temperature = arguments.positive(
            "task_temperature", task_temperature
        )
        self.entropy_temperature = arguments.positive(
            "entropy_temperature", entropy_temperature
        )

    def task_inputs(self, y: Any, views: dict, sample_weight: Any) -> tuple:
        logits_t = views["student"]["logits_t"] / self.task_temperature
        return flatten_steps(y, logits_t, sample_weight)

    def loss_terms(self, y: Any, views: dict) -> dict[str, Any]:
        logits_t = views["student"]["logits_t"]
        target = views["teacher"]["logits"]
        return {
            "kd": step_kd(target, logits_t, self.temperature),
            "entropy": step_entropy(logits_t, self.entropy_temperature),
        }

    def get_config(self) -> dict[str, Any]:
        own = {
            "temperature": self.temperature,
            "task_temperature": self.task_temperature,
            "entropy_temperature": self.entropy_temperature,
        }
        return {**super().get_config(), **own}
