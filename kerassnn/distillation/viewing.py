"""What the teacher sees of the data that a distiller is given."""

import keras

from kerassnn.distillation import adapters
from kerassnn.distillation.stored_teacher import StoredTeacher
from kerassnn.layers import MeanReadout

PRESETS = ("mean frame", "pair")


class View:
    """Tells the student's data from the teacher's.

    A plain object: where `given` is a layer, the distiller tracks it.

    Args:
        given: `teacher_view` of a `Distiller`.
        teacher: Its teacher; a `StoredTeacher` has a pair without saying.

    Raises:
        ValueError: if it is none of those, or given to a `StoredTeacher`.

    Example, of simulated recordings, in the order of their images:
        >>> events = kerassnn.data.load("digits_saccades", timesteps=8)
        >>> images = kerassnn.data.load("digits")
        >>> x = events.train[0], images.normalise(images.train[0])
        >>> distiller = kerassnn.distillation.LogitsKD(
        ...     student, teacher, teacher_view="pair"
        ... )
        >>> distiller.fit(x, events.train[1])
    """

    def __init__(self, given, teacher=None):
        self.stored = isinstance(teacher, StoredTeacher)
        known = given in PRESETS if isinstance(given, str) else callable(given)
        named = getattr(given, "__name__", None) != "<lambda>"
        if not (given is None or known and named):
            raise ValueError(
                f"`teacher_view` must be one of {PRESETS}, a keras.Layer or a "
                "function with a name, by which it is saved. Received: "
                f"teacher_view={given!r}"
            )
        if self.stored and given not in (None, "pair"):
            raise ValueError(
                "expected no `teacher_view` for stored logits, which are of "
                f"what the teacher saw. Received: teacher_view={given!r}"
            )
        self.given = given
        self.paired = self.stored or given == "pair"
        if given == "mean frame":
            # Wide, as a teacher of mean frames that are stored would get it.
            given = MeanReadout(dtype=adapters.wide(), name="mean_frame")
        if isinstance(given, keras.Layer):
            given.trainable = False
        self._view = None if self.paired else given

    def student(self, x):
        """The student's part of a batch; of no pair, all of it."""
        return x[0] if self.paired and _is_pair(x) else x

    def teacher(self, x):
        """What the teacher sees of a batch."""
        if self.paired:
            return x[1]
        if isinstance(self._view, keras.Layer):
            return self._view(x, training=False)
        return x if self._view is None else self._view(x)

    def seen(self, student):
        """A symbolic tensor, as the teacher gets it for the student's input.

        Args:
            student: Functional `keras.Model`, or what is none.

        Returns:
            `keras.KerasTensor`; `None` if it is not known beforehand.

        Raises:
            ValueError: if the view cannot be computed on such an input.
        """
        if self.paired or not hasattr(student, "outputs"):
            return None
        given = keras.tree.map_structure(
            lambda t: keras.Input(batch_shape=t.shape, dtype=t.dtype),
            student.inputs if len(student.inputs) > 1 else student.inputs[0],
        )
        if self._view is None:
            return given
        try:
            return self.teacher(given)
        except Exception as error:  # whatever a function makes of a tensor
            raise ValueError(
                "`teacher_view` must take the student's input, "
                f"{student.input_shape}. Received: teacher_view="
                f"{self.given!r}, which raises {type(error).__name__}: {error}"
            ) from error

    def check_pair(self, x):
        """ValueError for data that is no pair where one is expected."""
        if self.paired and x is not None and not _is_pair(x):
            shape = getattr(x, "shape", None)
            raise ValueError(
                "`x` must be a pair, (the student's, the teacher's), for "
                'teacher_view="pair" or a StoredTeacher. Received: '
                f"{type(x).__name__} of shape {shape}"
            )

    def get_config(self):
        """Dict of the argument, for the distiller's config."""
        given = self.given
        if given is not None and not isinstance(given, str):
            given = keras.saving.serialize_keras_object(given)
        return {} if given is None else {"teacher_view": given}


def _is_pair(x):
    return isinstance(x, (tuple, list)) and len(x) == 2
