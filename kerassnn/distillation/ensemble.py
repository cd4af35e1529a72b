import math
from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from kerassnn.distillation import checks
from kerassnn.distillation.adapters import wide

KINDS = ("logits", "probabilities")


@keras.saving.register_keras_serializable("kerassnn")
class Ensemble(keras.Model):
    """Several teachers as one, whose logits are the mean of theirs.

    A `keras.Model` like any other: every method that reads the teacher's
    logits takes it. Inside it the teachers are called `teacher1`,
    `teacher2`..., so that a method of feature maps can read those of one:
    `teacher_taps={"stage1": "teacher2/stage1"}`.

    Args:
        teachers: Sequence of two or more functional `keras.Model`, of the
            same input and number of classes. The distiller freezes them.
        mean: `"logits"`, or `"probabilities"` for the logarithm of the mean
            of the teachers' probabilities at temperature 1, which is not
            moved by a teacher whose logits are large. Defaults to
            `"logits"`.

    Raises:
        ValueError: if there are fewer than two teachers, one twice, or they
            differ in input or classes; if one gives no logits.

    Reference: Hinton et al., Distilling the Knowledge in a Neural Network,
        2015, arXiv 1503.02531.

    Example:
        >>> teachers = [
        ...     kerassnn.training.load_student(f"runs/resnet8_ann/{seed}")
        ...     for seed in (0, 1)
        ... ]
        >>> ensemble = kerassnn.distillation.Ensemble(teachers)
        >>> distiller = kerassnn.distillation.LogitsKD(student, ensemble)
    """

    def __init__(
        self,
        teachers: Sequence[keras.Model],
        *,
        mean: str = "logits",
        **kwargs: Any,
    ):
        if mean not in KINDS:
            raise ValueError(
                f"`mean` must be one of {KINDS}. Received: mean={mean!r}"
            )
        teachers = _checked(teachers, mean)
        first = teachers[0].inputs[0]
        inputs = keras.Input(first.shape[1:], dtype=first.dtype)
        logits = [
            keras.Model(t.inputs[0], t.outputs[0], name=f"teacher{i}")(inputs)
            for i, t in enumerate(teachers, 1)
        ]
        merge = keras.layers.Average if mean == "logits" else LogMeanSoftmax
        merge = merge(dtype=wide(), name="mean")
        kwargs = {"name": "ensemble", **kwargs}
        super().__init__(inputs, merge(logits), **kwargs)
        self.mean, self.size = mean, len(teachers)

    @property
    def teachers(self) -> list[keras.Model]:
        """Its teachers, in the order given."""
        names = [f"teacher{i}" for i in range(1, self.size + 1)]
        return [self.get_layer(name) for name in names]

    def get_config(self):
        return {
            "name": self.name,
            "teachers": keras.saving.serialize_keras_object(self.teachers),
            "mean": self.mean,
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        teachers = keras.saving.deserialize_keras_object(
            config["teachers"], custom_objects=custom_objects
        )
        return cls(**{**config, "teachers": teachers})


@keras.saving.register_keras_serializable("kerassnn")
class LogMeanSoftmax(keras.layers.Layer):
    """Logarithm of the mean of the softmaxes of a list of logits (B, K)."""

    def call(self, inputs):
        rows = ops.log_softmax(ops.stack(inputs, axis=0), axis=-1)
        return ops.logsumexp(rows, axis=0) - math.log(len(inputs))


def _checked(teachers, mean):
    """List of the teachers, each with a graph; ValueError if they differ."""
    teachers = list(teachers)
    if len({id(teacher) for teacher in teachers}) < max(2, len(teachers)):
        raise ValueError(
            "expected two or more teachers, each once. Received: "
            f"{[getattr(teacher, 'name', teacher) for teacher in teachers]}"
        )
    for i, teacher in enumerate(teachers, 1):
        checks.classifier(f"teacher {i}", teacher)
    for what in ("input_shape", "output_shape"):
        found = [getattr(teacher, what) for teacher in teachers]
        if len(set(found)) > 1:
            raise ValueError(
                f"expected teachers of one {what}. Received: {found}"
            )
    if mean == "probabilities" and teachers[0].output_shape[-1] == 1:
        raise ValueError(
            "expected teachers of two or more logits for mean="
            "'probabilities'. Received: one"
        )
    return teachers
