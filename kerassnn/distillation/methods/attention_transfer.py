from typing import Any

import keras
from keras import ops

from kerassnn.distillation import adapters
from kerassnn.distillation.losses import attention_map
from kerassnn.distillation.paired import Paired


def attention_distance(student, teacher):
    """Mean squared difference of the attention maps of (B, H, W, C) maps."""
    student, teacher = adapters.same_size(student, teacher)
    gap = attention_map(student) - attention_map(teacher)
    return ops.mean(ops.square(gap))


@keras.saving.register_keras_serializable("kerassnn")
class AttentionTransfer(Paired):
    """Where the maps of both nets have their energy is made to agree.

        L = task + 1000 attention
        attention = sum over pairs of mean (n(f^s) - n(f^a))^2

    n(f) is mean_c f^2 over space, of length one; f^s is averaged over time.

    Args:
        student: SNN with maps (B, T, H, W, C) at its taps.
        teacher: ANN with maps (B, H, W, C).
        loss_weights: Dict over `{"task": 1.0, "attention": 1000.0}`.
        student_taps: Layers matched. Defaults to all stages.
        teacher_taps: Likewise, as many, in the same order.

    Raises:
        ValueError: as `Distiller`; or if the numbers of taps differ.

    Differs from the paper: the form is that of public code for ANNs (mean
        in place of sum, larger maps pooled down). Averaging over time and
        the weight are ours.

    Reference: Zagoruyko and Komodakis, Paying More Attention to Attention,
        ICLR 2017, arXiv 1612.03928.
    """

    default_weights = {"task": 1.0, "attention": 1000.0}

    def loss_terms(self, y: Any, views: dict) -> dict[str, Any]:
        terms = [attention_distance(s, t) for s, t in self.maps(views)]
        return {"attention": sum(terms)}
