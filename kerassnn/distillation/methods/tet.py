from typing import Any

import keras
from keras import ops

from kerassnn.distillation import arguments
from kerassnn.distillation.distiller import Distiller
from kerassnn.distillation.losses import flatten_steps


def margin(logits_t, target):
    """Mean over B, T and K of (z - target)^2; logits_t is (B, T, K)."""
    return ops.mean(ops.square(logits_t - target))


@keras.saving.register_keras_serializable("kerassnn")
class TET(Distiller):
    """Temporal efficient training: labels at every step, no teacher.

        L = 0.999 task + 0.001 margin
        task = 1/T sum_t CE(z_t, y),  margin = mean (z - 1)^2

    Args:
        student: SNN with the tap `logits_t`, (B, T, K).
        target: Float, what `margin` draws every logit to. Defaults to `1.0`.
        loss_weights: Dict over `{"task": 0.999, "margin": 0.001}`.

    Raises:
        ValueError: as `Distiller`.

    Differs from the paper: none; as in its code.

    Reference: Deng et al., Temporal Efficient Training of Spiking Neural
        Network via Gradient Re-weighting, ICLR 2022, arXiv 2202.11946.
    """

    reads_steps = True
    rate_based = False
    default_weights = {"task": 0.999, "margin": 0.001}

    def __init__(
        self, student: keras.Model, *, target: float = 1.0, **kwargs: Any
    ):
        super().__init__(student, **kwargs)
        self.target = arguments.number("target", target)

    def task_inputs(self, y: Any, views: dict, sample_weight: Any) -> tuple:
        return flatten_steps(y, views["student"]["logits_t"], sample_weight)

    def loss_terms(self, y: Any, views: dict) -> dict[str, Any]:
        return {"margin": margin(views["student"]["logits_t"], self.target)}

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "target": self.target}
