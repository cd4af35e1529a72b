from typing import Any

import keras
from keras import ops

from kerassnn.distillation import adapters
from kerassnn.distillation.losses import attention_map
from kerassnn.distillation.paired import Paired
from kerassnn.ops.distance import length


def attention_gap(student, teacher):
    """Distance of the attention maps of (B, H, W, C) maps, mean over B."""
    student, teacher = adapters.same_size(student, teacher)
    return ops.mean(length(attention_map(student) - attention_map(teacher)))


@keras.saving.register_keras_serializable("kerassnn")
class LaSNN(Paired):
    """Layer-wise distillation of attention maps.

        L = task + attention
        attention = sum over pairs of | Q^s / |Q^s| - Q^a / |Q^a| |

    Q is sum_c f^2 over space; f^s is averaged over time. The distance is not
    squared, which is what tells it from `AttentionTransfer`.

    Args:
        student: SNN with maps (B, T, H, W, C) at its taps.
        teacher: ANN with maps (B, H, W, C).
        loss_weights: Dict over `{"task": 1.0, "attention": 1.0}`.
        student_taps: Layers matched. Defaults to all stages.
        teacher_taps: Likewise, as many, in the same order.

    Raises:
        ValueError: as `Distiller`; or if the numbers of taps differ.

    Differs from the paper: its abstract alone is known; the form and the
        weight are our reconstruction. The version in BKDSNN's code has no
        attention maps: that is `KDSNN` over all stages.

    Reference: Hong et al., LaSNN: Layer-wise ANN-to-SNN Distillation, 2023,
        arXiv 2304.09101.
    """

    abstract_only = True
    default_weights = {"task": 1.0, "attention": 1.0}

    def loss_terms(self, y: Any, views: dict) -> dict[str, Any]:
        terms = [attention_gap(s, t) for s, t in self.maps(views)]
        return {"attention": sum(terms)}
