from typing import Any

import keras

from kerassnn.distillation import adapters
from kerassnn.distillation import arguments
from kerassnn.distillation.losses import imitation
from kerassnn.distillation.losses import logits_kd
from kerassnn.distillation.paired import Paired


@keras.saving.register_keras_serializable("kerassnn")
class KDSNN(Paired):
    """Joint distillation of logits and features.

        L = 0.9 task + 0.1 kd + 0.002 feature
        kd = tau^2 KL(softmax(z^a / tau) || softmax(zbar / tau))
        feature = sum over pairs of |a(mean_t f^s) - f^a|^2

    a is a 1x1 convolution where the channels differ, dropped afterwards.
    The response variant has `loss_weights={"feature": 0}`, the feature variant
    `loss_weights={"task": 1, "kd": 0}`.

    Args:
        student: SNN with maps (B, T, H, W, C) at its taps.
        teacher: ANN with maps (B, H, W, C).
        temperature: Float > 0, tau. Defaults to `4.0`.
        loss_weights: Dict over `{"task": 0.9, "kd": 0.1, "feature": 0.002}`.
        student_taps: Layers matched. Defaults to the last stage.
        teacher_taps: Likewise, as many, in the same order.

    Raises:
        ValueError: as `Distiller`; if the numbers of taps differ or
            `temperature` is not positive.

    Differs from the paper: the feature term is that of BKDSNN's code, which
        weighs it 7e-5 on ImageNet and 2e-3 elsewhere; there a size is never
        changed, here larger maps are pooled down. Weights of task and kd and
        the temperature are ours.

    Reference: Xu et al., Constructing Deep Spiking Neural Networks from
        Artificial Neural Networks with Knowledge Distillation, CVPR 2023,
        arXiv 2304.05627.
    """

    default_weights = {"task": 0.9, "kd": 0.1, "feature": 0.002}
    default_taps = "last stage"

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

    def build_adapters(self, batch_size: int | None) -> None:
        self.aligns = [adapters.align(*pair) for pair in self.channels()]

    def loss_terms(self, y: Any, views: dict) -> dict[str, Any]:
        student, teacher = views["student"], views["teacher"]
        total = 0.0
        pairs = zip(self.aligns, self.maps(views), strict=True)
        for layer, (features, target) in pairs:
            mapped = adapters.adapt(layer, features)
            total = total + imitation(*adapters.same_size(mapped, target))
        kd = logits_kd(teacher["logits"], student["logits"], self.temperature)
        return {"kd": kd, "feature": total}

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "temperature": self.temperature}
