from typing import Any

import keras
from keras import ops

from kerassnn.distillation import adapters
from kerassnn.distillation import arguments
from kerassnn.distillation.distiller import Distiller
from kerassnn.distillation.losses import logits_kd
from kerassnn.distillation.losses import two_classes
from kerassnn.distillation.taps import TapNames
from kerassnn.distillation.taps import path_of
from kerassnn.distillation.taps import suffix
from kerassnn.layers.norms import merged_bn
from kerassnn.ops.labels import cross_entropy
from kerassnn.ops.rate import scale_gradient


@keras.saving.register_keras_serializable("kerassnn")
class BlockReplacement(Distiller):
    """ANN-guided distillation through hybrid networks of SNN and ANN blocks.

    The rate features r_k of the student's first k stages pass through an
    adapter phi_k into the teacher's remaining stages, which are frozen but
    let the gradient through. With y_A the teacher's logits and y_Mk those of
    hybrid k:

        L = task + kd(y_A, y_S)
            + sum_k [ CE(y_Mk, y) + kd(y_A, y_Mk) ]

    Made for a student of `flow=RateBased(LIF.rate_based())`, whose taps are
    rates.
    A student unrolled in time works too: its rates are then means over T of
    its spikes, differentiated through time. Adapters and hybrids are dropped
    after training. Under a strategy of TensorFlow, the adapters' norms have
    the statistics of a replica.

    Args:
        student: SNN with taps `stage1`..., rates (B, H, W, C) or spikes
            (B, T, H, W, C).
        teacher: ANN with taps of the same names, each of the student's
            spatial size.
        temperature: Float > 0, tau of all divergences. Defaults to `4.0`.
        loss_weights: Dict over `{"task": 1.0, "kd": 1.0, "hybrid_task": 1.0,
            "hybrid_kd": 1.0}`.
        student_taps: Stages behind which a hybrid leaves the student;
            defaults to all but the last.
        teacher_taps: Where each enters the teacher; defaults to the same
            names.

    Raises:
        ValueError: as `Distiller`; if the two nets have unlike numbers of
            taps, or taps of unlike spatial size.

    Differs from the paper: its abstract alone is known, which names the
        parts; adapters (1x1 convolution, BN, ReLU), the stages used, all
        weights and the temperature are ours. Behind a rate-based student,
        adapters have T times its share of the gradients.

    Reference: Yang et al., Efficient ANN-Guided Distillation, CVPR 2025,
        arXiv 2503.16572.
    """

    needs_teacher = True
    default_taps = "earlier stages"
    abstract_only = True
    default_weights = {
        "task": 1.0,
        "kd": 1.0,
        "hybrid_task": 1.0,
        "hybrid_kd": 1.0,
    }

    def __init__(
        self,
        student: keras.Model,
        teacher: keras.Model,
        *,
        temperature: float = 4.0,
        student_taps: TapNames | None = None,
        teacher_taps: TapNames | None = None,
        **kwargs: Any,
    ):
        rule = self.default_taps
        student_taps = student_taps or adapters.named(rule, student, "student")
        super().__init__(
            student,
            teacher,
            student_taps=student_taps,
            teacher_taps=teacher_taps or tuple(student_taps),
            **kwargs,
        )
        self.temperature = arguments.positive("temperature", temperature)
        self.pairs = _pairs(self)
        layers = self.teacher_taps
        # Held by a plain object: their layers are the teacher's already.
        self._suffixes = _Suffixes(
            {
                a: suffix(teacher, path_of(teacher, layers[a], "teacher"))
                for _, a in self.pairs
            }
        )
        self._gradient_scale = adapters.gradient_scale(student)

    def build_adapters(self, batch_size: int | None) -> None:
        self.adapters = [
            _adapter(self.student_shape(s)[-1], self.teacher_shape(a)[-1])
            for s, a in self.pairs
        ]

    def views(self, x: Any) -> dict:
        views = super().views(x)
        views["hybrids"] = {}
        for (s, a), adapter in zip(self.pairs, self.adapters, strict=True):
            r = adapters.rates(views["student"][s])
            r = scale_gradient(r, self._gradient_scale)
            mapped = adapter(r, training=True)
            logits = self._suffixes.by_tap[a](mapped, training=False)
            views["hybrids"][s] = logits
        return views

    def loss_terms(self, y: Any, views: dict) -> dict[str, Any]:
        target, tau = views["teacher"]["logits"], self.temperature
        hybrids = [two_classes(z) for z in views["hybrids"].values()]
        task = [ops.mean(cross_entropy(y, z)) for z in hybrids]
        kd = [logits_kd(target, z, tau) for z in hybrids]
        return {
            "kd": logits_kd(target, views["student"]["logits"], tau),
            "hybrid_task": sum(task),
            "hybrid_kd": sum(kd),
        }

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "temperature": self.temperature}


class _Suffixes:
    def __init__(self, by_tap):
        self.by_tap = by_tap


def _pairs(method):
    """(student tap, teacher tap) of every hybrid, sizes checked."""
    if len(method.student_taps) != len(method.teacher_taps):
        raise ValueError(
            "expected as many teacher taps as student taps. Received: "
            f"{list(method.student_taps)}, {list(method.teacher_taps)}"
        )
    pairs = list(zip(method.student_taps, method.teacher_taps, strict=True))
    for s, a in pairs:
        own, given = method.student_shape(s), method.teacher_shape(a)
        if own[-3:-1] != given[1:3]:
            raise ValueError(
                "a hybrid needs taps of one spatial size. Received: student "
                f"{s!r} {own}, teacher {a!r} {given}"
            )
    return pairs


def _adapter(channels, target):
    """conv1x1, BN, ReLU: into the range of the ANN's activations."""
    net = keras.Sequential(
        [
            keras.layers.Conv2D(
                target, 1, data_format="channels_last", use_bias=False
            ),
            merged_bn(),
            keras.layers.ReLU(),
        ]
    )
    net.build((None, None, None, channels))
    return net
