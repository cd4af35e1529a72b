from typing import Any

import keras
from keras import ops

from kerassnn.distillation import adapters
from kerassnn.distillation.paired import Paired


def hint(student, teacher):
    """Mean squared difference of two maps (B, H, W, C), at the smaller size."""
    student, teacher = adapters.same_size(student, teacher)
    return ops.mean(ops.square(student - teacher))


@keras.saving.register_keras_serializable("kerassnn")
class FitNet(Paired):
    """Hints: student maps regressed onto the teacher's.

        L = task + 100 feature
        feature = sum over pairs of mean (r(f^s) - f^a)^2

    f^s is averaged over time; r is a 1x1 convolution, dropped afterwards.

    Args:
        student: SNN with maps (B, T, H, W, C) at its taps.
        teacher: ANN with maps (B, H, W, C).
        loss_weights: Dict over `{"task": 1.0, "feature": 100.0}`.
        student_taps: Layers matched. Defaults to the middle stage.
        teacher_taps: Likewise, as many, in the same order.

    Raises:
        ValueError: as `Distiller`; or if the numbers of taps differ.

    Differs from the paper: hint and task are trained together, not one
        after the other. Averaging over time, the 1x1 regressor, pooling to
        the smaller map and the weight are ours.

    Reference: Romero et al., FitNets: Hints for Thin Deep Nets, ICLR 2015,
        arXiv 1412.6550.
    """

    default_weights = {"task": 1.0, "feature": 100.0}
    default_taps = "middle stage"

    def build_adapters(self, batch_size: int | None) -> None:
        self.regressors = [
            adapters.convolution(channels, target, 1)
            for channels, target in self.channels()
        ]

    def loss_terms(self, y: Any, views: dict) -> dict[str, Any]:
        pairs = zip(self.regressors, self.maps(views), strict=True)
        terms = [hint(adapters.adapt(r, s), t) for r, (s, t) in pairs]
        return {"feature": sum(terms)}
