from typing import Any

import keras
from keras import ops

from kerassnn.distillation import adapters
from kerassnn.distillation import arguments
from kerassnn.distillation.distiller import Distiller
from kerassnn.distillation.losses import right_steps
from kerassnn.distillation.losses import right_vote
from kerassnn.layers.norms import merged_bn
from kerassnn.ops.distance import kl
from kerassnn.ops.labels import class_indices
from kerassnn.ops.labels import cross_entropy
from kerassnn.ops.rate import scale_gradient


def reliable_kd(outputs, labels, temperature):
    """Distillation of every output by the mean of those that are right.

    Args:
        outputs: Tensor (B, O, K), logits of O outputs.
        labels: Tensor (B,), int32 class indices.
        temperature: Float > 0.

    Returns:
        Scalar, tau^2 KL summed over the outputs, mean over the samples for
        which an output is right; 0 if there is none.
    """
    target = ops.stop_gradient(right_vote(outputs, labels))
    rows = ops.sum(kl(ops.expand_dims(target, 1), outputs, temperature), axis=1)
    valid = ops.max(right_steps(outputs, labels), axis=(1, 2))
    return ops.sum(valid * rows) / ops.maximum(ops.sum(valid), 1.0)


@keras.saving.register_keras_serializable("kerassnn")
class EnhancedSelfDistillation(Distiller):
    """ANN branches on the rates of the earlier stages; no teacher.

        L = task + branch + 0.3 kd
        branch = sum over branches of CE(y_i, y)
        kd = sum over branches and the student's own output o of
             tau^2 KL(softmax(y_e / tau) || softmax(o / tau))

    y_e, detached, is the mean of those outputs that are right for the
    sample. kd is the mean over the samples with one; under a strategy of
    TensorFlow, over those of a replica. Made for students of the `RateBased`
    flow, which divides the logits' gradient by T, and so is the branches'; in
    other students the maps are averaged over time.

    Args:
        student: SNN with maps at its stages.
        temperature: Float > 0, tau. Defaults to `3.0`.
        loss_weights: Dict over `{"task": 1.0, "branch": 1.0, "kd": 0.3}`.
        student_taps: All stages in order, of which the last has no branch.

    Raises:
        ValueError: as `Distiller`; if there are fewer than two stages or
            `temperature` is not positive.

    Differs from the paper: as its code; on ImageNet that has weights 0.7,
        0.7 and 0.3. Branches are averaged over space whatever their size,
        and end in the width of the last stage.

    Reference: Zhao et al., An Enhanced Self-Distillation Framework, NeurIPS
        2025, arXiv 2510.06254, and its code.
    """

    default_taps = "stages"
    default_weights = {"task": 1.0, "branch": 1.0, "kd": 0.3}

    def __init__(
        self, student: keras.Model, *, temperature: float = 3.0, **kwargs: Any
    ):
        super().__init__(student, **kwargs)
        if len(self.student_taps) < 2:
            raise ValueError(
                "expected at least two stages. "
                f"Received: student_taps={tuple(self.student_taps)}"
            )
        adapters.check_maps(self.student_taps, self.student_shape, "student")
        self.temperature = arguments.positive("temperature", temperature)
        self._gradient_scale = adapters.gradient_scale(student)

    def build_adapters(self, batch_size: int | None) -> None:
        shapes = [self.student_shape(tap)[-3:] for tap in self.student_taps]
        classes = max(2, self.student.output_shape[-1])
        self.branches = [
            branch(shapes[i:], classes) for i in range(len(shapes) - 1)
        ]

    def loss_terms(self, y: Any, views: dict) -> dict[str, Any]:
        student = views["student"]
        outputs = []
        for tap, net in zip(self.student_taps, self.branches, strict=False):
            logits = adapters.adapt(net, adapters.rates(student[tap]))
            outputs.append(scale_gradient(logits, self._gradient_scale))
        hard = [ops.mean(cross_entropy(y, logits)) for logits in outputs]
        outputs = ops.stack([*outputs, student["logits"]], axis=1)
        labels = class_indices(y, outputs.shape[-1])
        kd = reliable_kd(outputs, labels, self.temperature)
        return {"branch": sum(hard), "kd": kd}

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "temperature": self.temperature}


def branch(shapes, classes):
    """Network from the maps of a stage to logits.

    Args:
        shapes: List of (H, W, C) of this stage and all later ones, each of
            which becomes a separable block of that stride and width.
        classes: Int.

    Returns:
        `keras.Model`, (B, H, W, C) -> (B, classes).
    """
    inputs = x = keras.Input(shapes[0])
    for before, after in zip(shapes[:-1], shapes[1:], strict=True):
        x = _block(x, after[-1], round(before[0] / after[0]))
    x = keras.layers.GlobalAveragePooling2D(data_format="channels_last")(x)
    return keras.Model(inputs, keras.layers.Dense(classes)(x))


def _block(x, filters, stride):
    y = _separable(x, x.shape[-1], stride)
    y = _separable(y, filters, 1)
    x = keras.layers.Conv2D(
        filters,
        1,
        strides=stride,
        padding="same",
        data_format="channels_last",
        use_bias=False,
    )(x)
    return keras.layers.ReLU()(keras.layers.Add()([y, merged_bn()(x)]))


def _separable(x, filters, stride):
    x = keras.layers.SeparableConv2D(
        filters,
        3,
        strides=stride,
        padding="same",
        data_format="channels_last",
        use_bias=False,
    )(x)
    return keras.layers.ReLU()(merged_bn()(x))
