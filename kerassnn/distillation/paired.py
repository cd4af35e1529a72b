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
        ValueError: as `Distiller`; or if the numbers of taps differ.
    """

    required_teacher_taps = ("logits",)
    default_taps = staticmethod(adapters.stage_taps)

    def __init__(
        self,
        student,
        teacher,
        *,
        student_taps=None,
        teacher_taps=None,
        **kwargs,
    ):
        default = self.default_taps
        super().__init__(
            student,
            teacher,
            student_taps=student_taps or default(student, "student"),
            teacher_taps=teacher_taps or default(teacher, "teacher"),
            **kwargs,
        )
        if len(self.student_taps) != len(self.teacher_taps):
            raise ValueError(
                "expected as many taps of the student as of the teacher. "
                f"Received: student_taps={tuple(self.student_taps)}, "
                f"teacher_taps={tuple(self.teacher_taps)}"
            )

    def channels(self):
        """List of the pairs' channels, (student's, teacher's)."""
        student, teacher = self._student.shapes, self._teacher.shapes
        names = zip(self.student_taps, self.teacher_taps, strict=True)
        return [(student[s][-1], teacher[t][-1]) for s, t in names]

    def maps(self, views):
        """List of the pairs of maps, (student's mean over T, teacher's)."""
        student, teacher = views["student"], views["teacher"]
        names = zip(self.student_taps, self.teacher_taps, strict=True)
        return [(adapters.rates(student[s]), teacher[t]) for s, t in names]
