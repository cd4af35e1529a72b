import inspect
from typing import Any

import keras
from keras import ops

from kerassnn.distillation import adapters
from kerassnn.distillation import arguments
from kerassnn.distillation import checks
from kerassnn.distillation import examples
from kerassnn.distillation import fitting
from kerassnn.distillation import losses
from kerassnn.distillation import replicas
from kerassnn.distillation.processes import ManyProcesses
from kerassnn.distillation.taps import TapNames
from kerassnn.distillation.taps import Taps
from kerassnn.distillation.taps import as_mapping
from kerassnn.distillation.viewing import View
from kerassnn.models.timesteps import rerun


class Distiller(ManyProcesses):
    """Abstract trainer of a student, with or without a teacher.

    Stands beside `keras.distillation.Distiller` and uses its words. In a
    training step the student runs once and the teacher once; everywhere
    else (`distiller(x)`, `evaluate`, `predict`) the distiller is the student.
    The loss is

        loss_weights["task"] * compiled loss + sum_n loss_weights[n] * term n

    A method is a subclass, final, in a file of its own. It names its terms
    with their weights in `default_weights` and computes them in `loss_terms`
    from `views`: the tapped tensors of both nets, in float32, the teacher's
    detached. Layers made in `build_adapters` train with the student and are
    dropped afterwards. What a method needs is written in its traits:

    - `needs_teacher`: whether it is of no use without a teacher;
    - `reads_steps`: whether it reads the tap `logits_t`, (B, T, K);
    - `rate_based`: whether it trains `RateBased` students and ANNs;
    - `reruns_student`: whether it runs the student at another T;
    - `default_taps`: what is tapped unless the user says: `()`, `"stages"`,
      `"earlier stages"`, `"middle stage"` or `"last stage"`;
    - `abstract_only`: whether its form is rebuilt from an abstract alone.

    A student may begin with layers that augment: they act in training, and
    the teacher sees the images as given. Where both should see the same,
    augment in the data. In a nested model, a tap is a path: `"net/stage1"`.

    Args:
        student: Functional `keras.Model`, images to logits (B, K).
        teacher: The same, or `None`. It is frozen (`trainable = False`). Of
            logits alone, any `keras.Model` or a `StoredTeacher`.
        loss_weights: Dict term name -> float, over the method's defaults.
        student_taps: Names, or dict tap -> layer name of the student.
            Defaults to the method's `default_taps`.
        teacher_taps: The same for the teacher.
        teacher_view: What the teacher sees of x. `None`: x, as the student
            (an ANN of `models` averages event frames itself); `"mean frame"`:
            the mean over T of frames (B, T, H, W, C); `"pair"`: the second
            of x = (the student's, the teacher's), such as frames and images;
            or a layer, which is frozen, or a function of x.

    Raises:
        ValueError: if a model is not functional, a tap or a term is unknown,
            teacher and student have different numbers of classes, the
            teacher does not take what it is to see, or the student has no
            time axis and the method needs one.
    """

    needs_teacher = False
    reads_steps = False
    rate_based = True
    reruns_student = False
    default_taps = ()
    abstract_only = False
    default_weights = {"task": 1.0}

    def __init__(
        self,
        student: keras.Model,
        teacher: keras.Model | None = None,
        *,
        loss_weights: dict[str, float] | None = None,
        student_taps: TapNames | None = None,
        teacher_taps: TapNames | None = None,
        teacher_view: Any = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.student, self.teacher = student, teacher
        self.teacher_view = teacher_view
        self.view = View(teacher_view, teacher)
        self.autocast = not self.view.stored  # logits stay as they are
        seen = self.view.seen(student)
        rule = self.default_taps if self.needs_teacher else ()
        if not rule and not teacher_taps:
            teacher = checks.with_graph(teacher, seen)
        checks.models(student, teacher, self.needs_teacher)
        checks.stored(teacher, self, teacher_taps)
        checks.view(teacher, self.view, seen)
        adapters.check_time(student, self)
        if not student_taps:
            student_taps = adapters.named(self.default_taps, student, "student")
        teacher_taps = teacher_taps or adapters.named(rule, teacher, "teacher")
        self.student_taps = as_mapping(student_taps)
        self.teacher_taps = as_mapping(teacher_taps)
        needed = ("logits", "logits_t") if self.reads_steps else ("logits",)
        taps = as_mapping(needed) | self.student_taps
        self._student = Taps(student, taps, "student")
        if self.reads_steps:
            self._student.sequence("logits_t")
        self._teacher, self._mode = None, replicas.Mode()
        if teacher is not None:
            self.teacher.trainable = False
            taps = as_mapping(("logits",)) | self.teacher_taps
            self._teacher = Taps(teacher, taps, "teacher")
        weights = arguments.weights(loss_weights, self.default_weights)
        self.loss_weights = arguments.variables(self, weights)
        self.term_names = [name for name in weights if name != "task"]
        self.term_trackers = [keras.metrics.Mean(x) for x in self.term_names]
        self.agreement = keras.metrics.Mean("agreement") if teacher else None
        self._config = {"loss_weights": weights}

    # What a method fills in.

    def build_adapters(self, batch_size: int | None) -> None:
        """Makes and builds the layers that train with the student.

        Args:
            batch_size: Int, or `None` if unknown.
        """

    def views(self, x: Any) -> dict:
        """Tensors for `loss_terms`: dict `student` (and `teacher`) -> taps."""
        views = {"student": self.student_views(x)}
        if self.teacher is not None:
            views["teacher"] = self.teacher_views(x)
        return views

    def task_inputs(self, y: Any, views: dict, sample_weight: Any) -> tuple:
        """Labels, logits and weights the compiled loss is taken on."""
        return y, views["student"]["logits"], sample_weight

    def loss_terms(self, y: Any, views: dict) -> dict[str, Any]:
        """Dict term -> scalar; one logit z came as (0, z), of two classes."""
        return {}

    # What a method calls.

    def student_views(self, x: Any, training: bool = True) -> dict[str, Any]:
        """Dict tap -> tensor of the student, `logits` among them."""
        return self._student(self.view.student(x), training=training)

    def teacher_views(self, x: Any) -> dict[str, Any]:
        """Dict tap -> tensor of the frozen teacher, detached."""
        taps = self._teacher(self.view.teacher(x), training=False)
        return {k: ops.stop_gradient(v) for k, v in taps.items()}

    def student_shape(self, tap: str) -> tuple:
        """Static shape of a tap of the student, with the batch in front."""
        return self._student.shapes[tap]

    def teacher_shape(self, tap: str) -> tuple:
        """Static shape of a tap of the teacher, with the batch in front."""
        return self._teacher.shapes[tap]

    def rerun_student(self, timesteps: int) -> None:
        """Makes `student_views` run the student for another number of steps."""
        self._student = self._student.rebuilt(lambda m: rerun(m, timesteps))

    # The machinery.

    def build(self, input_shape):
        self.build_adapters(input_shape[0])

    def call(self, inputs, training=None):
        if self._mode.distilling:
            return self.views(inputs)
        return self.student(self.view.student(inputs), training=training)

    def train_step(self, *args):
        # All but this mark is Keras's: loss scaling, XLA, distribution.
        self._mode.distilling = True
        try:
            return super().train_step(*args)
        finally:
            self._mode.distilling = False

    def compute_loss(
        self, x=None, y=None, y_pred=None, sample_weight=None, training=True
    ):
        if not self._mode.distilling:
            return super().compute_loss(x, y, y_pred, sample_weight, training)
        views = adapters.widened(y_pred)
        labels, logits, weights = self.task_inputs(y, views, sample_weight)
        weight = adapters.widened(self.loss_weights)
        task = super().compute_loss(x, labels, logits, weights)
        loss = weight["task"] * adapters.widened(task)
        if self.losses:  # `task` holds them too, and they are not weighted
            own = replicas.share(adapters.widened(sum(self.losses)))
            loss = loss + (1.0 - weight["task"]) * own
        labels, views = losses.as_two_classes(y, views)
        terms = self.loss_terms(labels, views)
        batch = ops.shape(views["student"]["logits"])[0]
        for tracker in self.term_trackers:
            term = terms[tracker.name]
            loss = loss + replicas.share(weight[tracker.name] * term)
            tracker.update_state(term, sample_weight=batch)
        if self.agreement is not None:
            self.agreement.update_state(losses.agreement(views))
        good = examples.sound(x, y, self.student.output_shape[-1])
        return ops.where(good, loss, float("nan"))

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        if self._mode.distilling:
            logits = y_pred["student"]["logits"]
            return super().compute_metrics(x, y, logits, sample_weight)
        logs = super().compute_metrics(x, y, y_pred, sample_weight)
        hidden = (*self.term_names, "agreement")
        return {k: v for k, v in logs.items() if k not in hidden}

    def fit(self, *args, **kwargs):
        bound = inspect.signature(super().fit).bind(*args, **kwargs)
        fitting.begin(self, bound.arguments)
        return super().fit(*bound.args, **bound.kwargs)

    def evaluate(self, x=None, *args, **kwargs):
        fitting.check_evaluated(x, kwargs)
        return super().evaluate(x, *args, **kwargs)

    def load_weights(self, filepath, **kwargs):
        fitting.build(self, None)  # the file holds adapters, too
        return super().load_weights(filepath, **kwargs)

    def get_config(self):
        serialise = keras.saving.serialize_keras_object
        nets = {"student": self.student, "teacher": self.teacher}
        return {
            **super().get_config(),
            **{k: serialise(v) for k, v in nets.items() if v is not None},
            **self._config,
            **self.view.get_config(),
            "student_taps": self.student_taps,
            "teacher_taps": self.teacher_taps,
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        return cls(**arguments.revived(config, custom_objects))
