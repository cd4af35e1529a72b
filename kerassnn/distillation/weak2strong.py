import keras
from keras import ops

from kerassnn.distillation import checks
from kerassnn.distillation.distiller import Distiller
from kerassnn.distillation.strong2weak import check_variant
from kerassnn.distillation.strong2weak import each_teaches_next
from kerassnn.distillation.strong2weak import first_teaches_last
from kerassnn.distillation.strong2weak import ranked


@keras.saving.register_keras_serializable("kerassnn")
class Weak2Strong(Distiller):
    """The least confident step teaches the most confident one; no teacher.

    `Strong2Weak` with the steps in the opposite order: the detached logits
    are the weak step's, so the strong one is regularised.

    Args:
        student: SNN with the tap `logits_t`, (B, T, K).
        temperature: Float > 0, tau. Defaults to `2.0`.
        ensemble: Bool. Whether the mean of all other steps teaches.
        cascade: Bool. Whether each step teaches the next stronger one
            instead, averaged over the T - 1 pairs.
        weights: Dict over `{"task": 1.0, "self": 1.0}`.

    Raises:
        ValueError: as `Strong2Weak`.

    Differs from the paper: as `Strong2Weak`.

    Reference: Ding et al., NeurIPS 2025, Strong2Weak and Weak2Strong.
    """

    default_weights = {"task": 1.0, "self": 1.0}
    required_student_taps = ("logits", "logits_t")

    def __init__(
        self,
        student,
        *,
        temperature=2.0,
        ensemble=False,
        cascade=False,
        **kwargs,
    ):
        super().__init__(student, **kwargs)
        self._student.sequence("logits_t")
        self.temperature = checks.positive("temperature", temperature)
        self.ensemble, self.cascade = check_variant(ensemble, cascade)

    def loss_terms(self, y, views):
        steps = ops.flip(ranked(views["student"]["logits_t"]), axis=1)
        if self.cascade:
            return {"self": each_teaches_next(steps, self.temperature)}
        term = first_teaches_last(steps, self.temperature, self.ensemble)
        return {"self": term}

    def get_config(self):
        own = {
            "temperature": self.temperature,
            "ensemble": self.ensemble,
            "cascade": self.cascade,
        }
        return {**super().get_config(), **own}
