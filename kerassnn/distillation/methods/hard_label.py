from typing import Any

import keras

from kerassnn.distillation.distiller import Distiller


@keras.saving.register_keras_serializable("kerassnn")
class HardLabel(Distiller):
    """Training on labels alone: the compiled loss on mean logits.

    The twin every distilled student is compared with, and the way to train a
    teacher, whose network is then the `student` here.

    Args:
        student: Functional `keras.Model`, images to logits (B, K).

    Raises:
        ValueError: if the model is not functional.

    Differs from the paper: none; it is the common baseline.
    """

    def __init__(self, student: keras.Model, **kwargs: Any):
        super().__init__(student, **kwargs)
