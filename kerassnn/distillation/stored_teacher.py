from typing import Any

import keras

from kerassnn.distillation.adapters import wide


@keras.saving.register_keras_serializable("kerassnn")
class StoredTeacher(keras.Model):
    """The teacher of a distiller whose data bring the teacher's logits.

    `fit` is then given x = (images, logits), such as `store_logits` makes
    of a pipeline. Methods that read the teacher's logits alone take it. It
    has no weights and computes nothing. For arrays that are not augmented:

        >>> logits = teacher.predict(x)
        >>> stored = kerassnn.distillation.StoredTeacher(classes=10)
        >>> distiller = kerassnn.distillation.LogitsKD(student, stored)
        >>> distiller.fit((x, logits), y)

    Args:
        classes: Int K, logits of an image.
        digest: String, what tells the teacher from others. A training that
            is resumed compares it.
    """

    def __init__(self, classes: int, digest: str = "", **kwargs: Any):
        # Not of the policy that the networks compute in, which may be short.
        inputs = keras.Input((classes,), dtype=wide())
        logits = keras.layers.Identity(dtype=wide())(inputs)
        super().__init__(inputs, logits, **{"name": "stored_teacher", **kwargs})
        self.classes = classes
        self.digest = digest

    def get_config(self):
        return {
            "name": self.name,
            "classes": self.classes,
            "digest": self.digest,
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        return cls(**config)
