from typing import Any

import keras
from keras import ops

from kerassnn.distillation import adapters
from kerassnn.distillation import arguments
from kerassnn.distillation import similarity
from kerassnn.distillation.distiller import Distiller
from kerassnn.distillation.losses import logits_kd


class Calibration(Distiller):
    """Abstract: every map of the student matched with each of the teacher's.

    Attention between the similarities of the batch's samples, as seen by the
    two layers of a pair, says how much the pair counts:

        feature = mean_{b,i} sum_j alpha_{b,i,j} distance_{i,j}[b]

    A subclass is final and gives `similarities`, `regressor` and `distance`.

    Args:
        student: Model with maps (B, T, H, W, C) or (B, H, W, C).
        teacher: Model with maps (B, H, W, C).
        temperature: Float > 0, of the logits.
        batch_size: Int, what the attention is as wide as. Defaults to that
            of the first batch.
        student_taps: Layers matched. Defaults to all stages.
        teacher_taps: Likewise.

    Raises:
        ValueError: as `Distiller`; if a tap holds no maps of a known size,
            or the batch size cannot be known.
    """

    needs_teacher = True
    default_taps = "stages"

    def __init__(
        self,
        student: keras.Model,
        teacher: keras.Model,
        *,
        temperature: float = 4.0,
        batch_size: int | None = None,
        **kwargs: Any,
    ):
        super().__init__(student, teacher, **kwargs)
        self.temperature = arguments.positive("temperature", temperature)
        self.batch_size = arguments.count("batch_size", batch_size)
        adapters.check_maps(self.student_taps, self.student_shape, "student")
        adapters.check_maps(self.teacher_taps, self.teacher_shape, "teacher")

    def similarities(self, features: Any) -> Any:
        """Of the student's maps: tensor (..., B, batch size)."""
        raise NotImplementedError

    def regressor(self, channels: int, target: Any) -> Any:
        """A built network from maps of `channels` to maps of `target`."""
        raise NotImplementedError

    def distance(
        self, regressor: keras.layers.Layer, student: Any, teacher: Any
    ) -> Any:
        """Of one pair of maps: tensor (..., B)."""
        raise NotImplementedError

    def build_adapters(self, batch_size: int | None) -> None:
        width = similarity.check_width(self.batch_size or batch_size)
        self.batch_size = width
        student = [self.student_shape(tap)[-1] for tap in self.student_taps]
        teacher = [self.teacher_shape(tap)[-1] for tap in self.teacher_taps]
        self.queries = [similarity.mlp(width) for _ in student]
        self.keys = [similarity.mlp(width) for _ in teacher]
        self.regressors = [
            [self.regressor(s, t) for t in teacher] for s in student
        ]

    def loss_terms(self, y: Any, views: dict) -> dict[str, Any]:
        student, teacher = views["student"], views["teacher"]
        kd = logits_kd(teacher["logits"], student["logits"], self.temperature)
        maps = [teacher[tap] for tap in self.teacher_taps]
        attention = self.attention(views)
        total = 0.0
        for i, tap in enumerate(self.student_taps):
            pairs = zip(self.regressors[i], maps, strict=True)
            distances = [self.distance(r, student[tap], a) for r, a in pairs]
            weighted = attention[i] * ops.stack(distances, axis=-1)
            total = total + ops.mean(ops.sum(weighted, axis=-1))
        return {"kd": kd, "feature": total / len(self.student_taps)}

    def attention(self, views: dict) -> list:
        """What each pair of layers counts, sample by sample.

        Args:
            views: Dict of both nets' tapped tensors, of one batch.

        Returns:
            List over the student's taps of tensors (..., B, L), whose rows
            over the teacher's L taps sum to 1; SASTC's begin with T.
        """
        student, teacher = views["student"], views["teacher"]
        maps = [teacher[tap] for tap in self.teacher_taps]
        keys = [
            similarity.embed(mlp, similarity.similarities(f, self.batch_size))
            for mlp, f in zip(self.keys, maps, strict=True)
        ]
        rows = [self.similarities(student[tap]) for tap in self.student_taps]
        return [
            similarity.attention(similarity.embed(mlp, row), keys)
            for mlp, row in zip(self.queries, rows, strict=True)
        ]

    def get_config(self) -> dict[str, Any]:
        own = {"temperature": self.temperature, "batch_size": self.batch_size}
        return {**super().get_config(), **own}
