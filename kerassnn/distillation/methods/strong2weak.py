from typing import Any

import keras

from kerassnn.distillation.step_teaching import StepTeaching
from kerassnn.distillation.step_teaching import ranked


@keras.saving.register_keras_serializable("kerassnn")
class Strong2Weak(StepTeaching):
    """The most confident step teaches the least confident one; no teacher.

        L = task + self
        self = KL(softmax(z_s / tau) || softmax(z_w / tau))

    s and w are the steps whose largest class probability, averaged over the
    batch, is highest and lowest; z_s is detached. `Weak2Strong` exchanges
    them. Under a strategy of TensorFlow, each replica has its own order.

    Args:
        student: SNN with the tap `logits_t`, (B, T, K).
        temperature: Float > 0, tau. Defaults to `2.0`.
        ensemble: Bool. Whether the mean of all other steps teaches.
        cascade: Bool. Whether each step teaches the next weaker one instead,
            averaged over the T - 1 pairs.
        loss_weights: Dict over `{"task": 1.0, "self": 1.0}`.

    Raises:
        ValueError: as `Distiller`; if `temperature` is not positive, or both
            variants are asked for.

    Differs from the paper: that the teaching step is detached is ours, as
        is the reading that an ensemble replaces the teacher only. The loss
        has no factor tau^2, as printed.

    Reference: Ding et al., NeurIPS 2025, Strong2Weak and Weak2Strong.
    """

    def order(self, logits_t: Any) -> Any:
        return ranked(logits_t)
