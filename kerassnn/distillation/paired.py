from typing import Any

import keras

from kerassnn.distillation import adapters
from kerassnn.distillation.distiller import Distiller


class Paired(Distiller):
    """Abstract: map i of the student is matched with map i of the teacher.

    Args:
        student: Model with maps (B, T, H, W, C) or (B, H, W, C).
        teacher: Model with maps (B, H, W, C).
        student_taps: Layers matched. Defaults to `default_taps` of them.
        teacher_taps: Likewise, as many, in the same order.

    Raises:
        ValueError: as `Distiller`; if the numbers of taps differ, or a tap
            holds no maps of a known size.
    """

    needs_teacher = True
    default_taps = "stages"

    def __init__(
        self, student: keras.Model, teacher: keras.Model, **kwargs: Any
    ):
        super().__init__(student, teacher, **kwargs)
        if len(self.student_taps) != len(self.teacher_taps):
            raise ValueError(
                "expected as many taps of the student as of the teacher. "
                f"Received: student_taps={tuple(self.student_taps)}, "
                f"teacher_taps={tuple(self.teacher_taps)}"
            )
        adapters.check_maps(self.student_taps, self.student_shape, "student")
        adapters.check_maps(self.teacher_taps, self.teacher_shape, "teacher")

    def channels(self) -> list[tuple[int, int]]:
        """List of the pairs' channels, (student's, teacher's)."""
        return [
            (self.student_shape(s)[-1], self.teacher_shape(t)[-1])
            for s, t in self._pairs()
        ]

    def maps(self, views: dict) -> Any:
        """List of the pairs of maps, (student's mean over T, teacher's)."""
        student, teacher = views["student"], views["teacher"]
        return [
            (adapters.rates(student[s]), teacher[t]) for s, t in self._pairs()
        ]

    def _pairs(self):
        return zip(self.student_taps, self.teacher_taps, strict=True)
