import inspect

import keras
from keras import ops

from kerassnn.distillation import checks
from kerassnn.distillation.stop import StopOnNonFinite
from kerassnn.distillation.taps import Taps
from kerassnn.distillation.taps import as_mapping


class Distiller(keras.Model):
    """Abstract trainer of a student, with or without a teacher.

    Stands beside `keras.distillation.Distiller` and uses its words. In a
    training step the student runs once and the teacher once; everywhere
    else (`distiller(x)`, `evaluate`, `predict`) the distiller is the student.
    The loss is

        weights["task"] * compiled loss + sum_n weights[n] * term n

    A method is a subclass, final, in a file of its own. It names its terms
    with their weights in `default_weights` and computes them in `loss_terms`
    from `views`: the tapped tensors of both nets, in float32, the teacher's
    detached. Layers made in `build_adapters` train with the student and are
    dropped afterwards.

    Args:
        student: Functional `keras.Model`, images to logits (B, K).
        teacher: Functional `keras.Model`, images to logits (B, K), or
            `None`. It is frozen (`trainable = False`).
        weights: Dict term name -> float, over the method's defaults.
        student_taps: Names, or dict tap -> layer name of the student.
        teacher_taps: The same for the teacher.

    Raises:
        ValueError: if a model is not functional, a tap or a term is unknown,
            or teacher and student have different numbers of classes.
    """

    default_weights = {"task": 1.0}
    required_student_taps = ("logits",)
    required_teacher_taps = ()

    def __init__(
        self,
        student,
        teacher=None,
        *,
        weights=None,
        student_taps=(),
        teacher_taps=(),
        **kwargs,
    ):
        super().__init__(**kwargs)
        checks.models(student, teacher, bool(self.required_teacher_taps))
        self.student = student
        self.teacher = teacher
        self.student_taps = as_mapping(student_taps)
        self.teacher_taps = as_mapping(teacher_taps)
        needed = as_mapping(self.required_student_taps)
        self._student = Taps(
            student, {**needed, **self.student_taps}, "student"
        )
        self._teacher = None
        if teacher is not None:
            teacher.trainable = False
            needed = as_mapping(self.required_teacher_taps)
            self._teacher = Taps(
                teacher, {**needed, **self.teacher_taps}, "teacher"
            )
        weights = checks.weights(weights, self.default_weights)
        self.loss_weights = {
            name: self.add_weight(
                name=f"{name}_weight",
                initializer=keras.initializers.Constant(value),
                trainable=False,
                dtype="float32",
            )
            for name, value in weights.items()
        }
        self.term_names = [name for name in weights if name != "task"]
        self.term_trackers = [
            keras.metrics.Mean(name=name) for name in self.term_names
        ]
        self.agreement = None
        if teacher is not None:
            self.agreement = keras.metrics.Mean(name="agreement")
        self._distilling = False
        self._config = {"weights": weights}

    # What a method fills in.

    def build_adapters(self, batch_size):
        """Makes and builds the layers that train with the student.

        Args:
            batch_size: Int, or `None` if unknown.
        """

    def views(self, x):
        """Tensors for `loss_terms`: dict `student` (and `teacher`) -> taps."""
        views = {"student": self._student(x, training=True)}
        if self._teacher is not None:
            taps = self._teacher(x, training=False)
            views["teacher"] = {
                k: ops.stop_gradient(v) for k, v in taps.items()
            }
        return views

    def task_inputs(self, y, views, sample_weight):
        """Labels, logits and weights the compiled loss is taken on."""
        return y, views["student"]["logits"], sample_weight

    def loss_terms(self, y, views):
        """Dict term name -> scalar, for every name of `term_names`."""
        return {}

    # The machinery.

    def build(self, input_shape):
        self.build_adapters(input_shape[0])

    def call(self, inputs, training=None):
        if self._distilling:
            return self.views(inputs)
        return self.student(inputs, training=training)

    def train_step(self, *args):
        # Marks the step and leaves its mechanics to Keras, so that loss
        # scaling, XLA and distribution keep working on every backend.
        self._distilling = True
        try:
            return super().train_step(*args)
        finally:
            self._distilling = False

    def compute_loss(
        self, x=None, y=None, y_pred=None, sample_weight=None, training=True
    ):
        if not self._distilling:
            return super().compute_loss(
                x, y, y_pred, sample_weight, training=training
            )
        views = _float32(y_pred)
        labels, logits, sample_weight = self.task_inputs(
            y, views, sample_weight
        )
        weight = {k: v.value for k, v in self.loss_weights.items()}
        task = super().compute_loss(x, labels, logits, sample_weight)
        loss = weight["task"] * task
        if self.losses:  # `task` holds them too, and they are not weighted
            loss = loss + (1.0 - weight["task"]) * sum(self.losses)
        terms = self.loss_terms(y, views)
        batch = ops.shape(views["student"]["logits"])[0]
        for tracker in self.term_trackers:
            term = terms[tracker.name]
            loss = loss + weight[tracker.name] * term
            tracker.update_state(term, sample_weight=batch)
        if self.agreement is not None:
            self.agreement.update_state(_agree(views))
        return loss

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        if self._distilling:
            logits = y_pred["student"]["logits"]
            return super().compute_metrics(x, y, logits, sample_weight)
        logs = super().compute_metrics(x, y, y_pred, sample_weight)
        hidden = (*self.term_names, "agreement")
        return {k: v for k, v in logs.items() if k not in hidden}

    def fit(self, *args, **kwargs):
        bound = inspect.signature(super().fit).bind(*args, **kwargs)
        given = bound.arguments
        x = given.get("x")
        checks.from_logits(getattr(self, "loss", None))
        checks.arrays(x, given.get("y"), self.student)
        if not self.built:
            batch_size = first_batch(x, given.get("batch_size"))
            self.build((batch_size, *self.student.input_shape[1:]))
        callbacks = given.get("callbacks") or []
        if not isinstance(callbacks, keras.callbacks.CallbackList):
            if not isinstance(callbacks, (list, tuple)):
                callbacks = [callbacks]
            given["callbacks"] = [StopOnNonFinite(), *callbacks]
        return super().fit(*bound.args, **bound.kwargs)

    def get_config(self):
        serialise = keras.saving.serialize_keras_object
        nets = {"student": serialise(self.student)}
        if self.teacher is not None:
            nets["teacher"] = serialise(self.teacher)
        return {
            **super().get_config(),
            **nets,
            **self._config,
            "student_taps": self.student_taps,
            "teacher_taps": self.teacher_taps,
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        for role in ("student", "teacher"):
            if isinstance(config.get(role), dict):
                config[role] = keras.saving.deserialize_keras_object(
                    config[role], custom_objects=custom_objects
                )
        return cls(**config)


def fold_steps(y, logits_t, sample_weight=None):
    """Per-step logits as one batch: the loss is then its mean over T.

    Args:
        y: Tensor (B,) or (B, K), labels.
        logits_t: Tensor (B, T, K).
        sample_weight: Tensor (B,) or `None`.

    Returns:
        Labels (B T, ...), logits (B T, K), weights (B T,) or `None`.
    """
    steps, classes = logits_t.shape[1:]
    logits = ops.reshape(logits_t, (-1, classes))
    y = ops.repeat(y, steps, axis=0)
    if sample_weight is not None:
        sample_weight = ops.repeat(sample_weight, steps, axis=0)
    return y, logits, sample_weight


def first_batch(x, batch_size=None):
    """Size of the batches that `fit` will see, or `None` if unknown."""
    if isinstance(x, keras.utils.PyDataset):
        return len(x[0][0])
    if hasattr(x, "element_spec"):  # tf.data.Dataset
        return next(iter(x.take(1)))[0].shape[0]
    if hasattr(x, "shape"):
        return min(batch_size or 32, x.shape[0])
    return None


def _float32(views):
    return keras.tree.map_structure(lambda t: ops.cast(t, "float32"), views)


def _agree(views):
    student = ops.argmax(views["student"]["logits"], axis=-1)
    teacher = ops.argmax(views["teacher"]["logits"], axis=-1)
    return ops.cast(student == teacher, "float32")
