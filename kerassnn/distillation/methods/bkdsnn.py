from typing import Any

import keras
from keras import ops

from kerassnn.distillation import adapters
from kerassnn.distillation import arguments
from kerassnn.distillation.losses import imitation
from kerassnn.distillation.paired import Paired
from kerassnn.ops.labels import cross_entropy


def blur(features, kept):
    """Maps (B, H, W, C) without the channels where `kept`, (B, C), is 0."""
    return features * ops.expand_dims(ops.expand_dims(kept, 1), 1)


def clipped(teacher, student):
    """The teacher's map scaled to the largest value of the student's."""
    peak = ops.max(teacher)
    peak = ops.where(peak > 0, peak, 1.0)
    return teacher / peak * ops.stop_gradient(ops.max(student))


def weighted_soft_label(labels, teacher_logits, logits, temperature):
    """Cross-entropy with the teacher, weighted sample by sample.

    w tau^2 sum_k -p_k log q_k, p and q the softmax of z^a / tau and z / tau,
    w = 1 - exp(-CE(z, y) / (CE(z^a, y) + 1e-7)), detached: what the student
    already knows as well as the teacher counts little.

    Args:
        labels: Tensor of labels, (B,) or (B, K).
        teacher_logits: Tensor (B, K).
        logits: Tensor (B, K).
        temperature: Float > 0.

    Returns:
        Scalar, mean over the batch.
    """
    reference = cross_entropy(labels, teacher_logits) + 1e-7
    weight = 1.0 - ops.exp(-cross_entropy(labels, logits) / reference)
    p = ops.softmax(teacher_logits / temperature, axis=-1)
    log_q = ops.log_softmax(logits / temperature, axis=-1)
    rows = -ops.sum(p * log_q, axis=-1) * temperature**2
    return ops.mean(ops.stop_gradient(weight) * rows)


@keras.saving.register_keras_serializable("kerassnn")
class BKDSNN(Paired):
    """Blurred knowledge: the teacher's map restored from a masked one.

        L = task + 0.002 feature + kd
        feature = sum over pairs of |g(M a(mean_t f^s)) - f^a|^2

    M drops channels at random, sample by sample; g is conv3x3, ReLU,
    conv3x3; a is a 1x1 convolution where the channels differ. kd is
    `weighted_soft_label`; `loss_weights={"kd": 0}` leaves the features alone.

    Args:
        student: SNN with maps (B, T, H, W, C) at its taps.
        teacher: ANN with maps (B, H, W, C).
        temperature: Float > 0, of kd. Defaults to `2.0`.
        drop: Float in [0, 1), share of channels dropped. Defaults to `0.15`.
        clip: Bool. Whether to scale the teacher's map to the student's
            largest value in the batch; under a strategy of TensorFlow, in
            that of a replica. Defaults to `False`.
        seed: Int or `None`, of the mask.
        loss_weights: Dict over `{"task": 1.0, "feature": 0.002, "kd": 1.0}`.
        student_taps: Layers matched. Defaults to the last stage.
        teacher_taps: Likewise, as many, in the same order.

    Raises:
        ValueError: as `Distiller`; if the numbers of taps differ or an
            option lies outside its range.

    Differs from the paper: as its code for the features and the weighted
        soft labels; there the weight is 7e-5 on ImageNet, 2e-3 on event
        data. Larger maps are pooled down, which is ours.

    Reference: Xu et al., BKDSNN, ECCV 2024, arXiv 2407.09083; Zhou et al.,
        Rethinking Soft Labels, ICLR 2021, arXiv 2102.00650.
    """

    default_weights = {"task": 1.0, "feature": 0.002, "kd": 1.0}
    default_taps = "last stage"

    def __init__(
        self,
        student: keras.Model,
        teacher: keras.Model,
        *,
        temperature: float = 2.0,
        drop: float = 0.15,
        clip: bool = False,
        seed: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(student, teacher, **kwargs)
        self.temperature = arguments.positive("temperature", temperature)
        self.drop = arguments.share("drop", drop, zero=True)
        self.clip = arguments.flag("clip", clip)
        self.seed = seed
        self.generator = keras.random.SeedGenerator(seed)

    def build_adapters(self, batch_size: int | None) -> None:
        self.aligns, self.restorers = [], []
        for channels, target in self.channels():
            self.aligns.append(adapters.align(channels, target))
            self.restorers.append(
                [adapters.convolution(target, target, 3) for _ in range(2)]
            )

    def loss_terms(self, y: Any, views: dict) -> dict[str, Any]:
        student, teacher = views["student"], views["teacher"]
        total = 0.0
        for i, (features, target) in enumerate(self.maps(views)):
            mapped = adapters.adapt(self.aligns[i], features)
            mapped, target = adapters.same_size(mapped, target)
            if self.clip:
                target = clipped(target, mapped)
            total = total + imitation(self._restore(i, mapped), target)
        kd = weighted_soft_label(
            y, teacher["logits"], student["logits"], self.temperature
        )
        return {"feature": total, "kd": kd}

    def _restore(self, i, features):
        first, second = self.restorers[i]
        draws = keras.random.uniform(
            (ops.shape(features)[0], features.shape[-1]),
            dtype="float32",
            seed=self.generator,
        )
        kept = ops.cast(draws >= self.drop, features.dtype)
        hidden = adapters.adapt(first, blur(features, kept))
        return adapters.adapt(second, ops.relu(hidden))

    def get_config(self) -> dict[str, Any]:
        own = {
            "temperature": self.temperature,
            "drop": self.drop,
            "clip": self.clip,
            "seed": self.seed,
        }
        return {**super().get_config(), **own}
