import os
from pathlib import Path
from typing import Any

import keras

from kerassnn.files import replacing

MODES = ("max", "min")


class BestStudent(keras.callbacks.Callback):
    """Keeps the best student of a training in one file, ready for use.

    After each epoch whose student is better than all before, by a metric of
    held-out images, the student alone is saved, without teacher, adapters
    and optimizer. The file is the old one or the new one, never a part.

    Args:
        path: Path of the `.keras` file; its folder is made if it is not
            there.
        monitor: Name of a metric in the logs of `fit`, which begins with
            `val_`. Defaults to `"val_accuracy"`.
        mode: `"max"`, `"min"`, or `None` for `"min"` where the name ends in
            `loss` and `"max"` elsewhere.
        best: Float, the value that is to be beaten, of an earlier part of
            the same training, or `None`.
        restore: Whether the student has its best weights again at the end
            of `fit`. Defaults to `False`.

    Attributes:
        best: Float, value of the student in the file; `None` before it.
        epoch: Int, its epoch, from 0; `None` before it.

    Raises:
        ValueError: if an argument is not as said, or, after the first
            epoch, if the logs have no such metric.

    Example:
        >>> best = kerassnn.callbacks.BestStudent("runs/best.keras")
        >>> distiller.fit(
        ...     x, y, epochs=9, validation_data=held_out, callbacks=[best]
        ... )
        >>> student = best.load()
    """

    def __init__(
        self,
        path: str | os.PathLike,
        *,
        monitor: str = "val_accuracy",
        mode: str | None = None,
        best: float | None = None,
        restore: bool = False,
    ):
        super().__init__()
        self.path = Path(path)
        if self.path.suffix != ".keras":
            raise ValueError(
                f"expected a path that ends in .keras, received: path={path!r}"
            )
        if not monitor.startswith("val_"):
            raise ValueError(
                "expected a metric of held-out images, val_..., received: "
                f"monitor={monitor!r}"
            )
        if mode is None:
            mode = "min" if monitor.endswith("loss") else "max"
        if mode not in MODES:
            raise ValueError(
                f"expected mode among {MODES}, received: mode={mode!r}"
            )
        self.monitor, self.mode = monitor, mode
        self.best, self.epoch = best, None
        self.restore = restore

    def on_epoch_end(
        self, epoch: int, logs: dict[str, Any] | None = None
    ) -> None:
        logs = logs or {}
        if self.monitor not in logs:
            raise ValueError(
                f"expected {self.monitor!r} in the logs, which "
                "`validation_data` gives, received: "
                f"{sorted(logs)}"
            )
        value = float(logs[self.monitor])
        if not self._better(value):
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(self.path) as temporary:
            self._student.save(temporary)
        self.best, self.epoch = value, epoch

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        if self.restore and self.epoch is not None:
            self._student.set_weights(self.load().get_weights())

    def load(self) -> keras.Model:
        """The student in the file, a model of its own."""
        return keras.saving.load_model(self.path)

    @property
    def _student(self):
        return getattr(self.model, "student", self.model)

    def _better(self, value):
        if self.best is None:
            return value == value  # any number
        return value > self.best if self.mode == "max" else value < self.best
