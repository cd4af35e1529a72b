from typing import Any

import keras
from keras import ops

from kerassnn.distillation.step_teaching import StepTeaching
from kerassnn.distillation.step_teaching import ranked


@keras.saving.register_keras_serializable("kerassnn")
class Weak2Strong(StepTeaching):
    """The least confident step teaches the most confident one; no teacher.

    `Strong2Weak` with the steps in the opposite order: the detached logits
    are the weak step's, so the strong one is regularised. Under a strategy
    of TensorFlow, each replica has its own order.

    Args:
        student: SNN with the tap `logits_t`, (B, T, K).
        temperature: Float > 0, tau. Defaults to `2.0`.
        ensemble: Bool. Whether the mean of all other steps teaches.
        cascade: Bool. Whether each step teaches the next stronger one
            instead, averaged over the T - 1 pairs.
        loss_weights: Dict over `{"task": 1.0, "self": 1.0}`.

    Raises:
        ValueError: as `Strong2Weak`.

    Differs from the paper: as `Strong2Weak`.

    Reference: Ding et al., NeurIPS 2025, Strong2Weak and Weak2Strong.
    """

    def order(self, logits_t: Any) -> Any:
        return ops.flip(ranked(logits_t), axis=1)
