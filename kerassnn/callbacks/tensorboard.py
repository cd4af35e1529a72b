import os
from typing import Any

import keras

from kerassnn.analysis import firing_rates
from kerassnn.callbacks.event_file import EventFile


class TensorBoard(keras.callbacks.Callback):
    """Curves of a distillation for TensorBoard, on every backend.

    Each epoch's logs as `train/...` and `validation/...`: the loss, each of
    its terms, the metrics, and how often student and teacher agree;
    `train/learning_rate`; and the firing rate of each spiking layer,
    `firing_rate/...`. Steps are those of the optimizer, so that a training
    that is resumed into the same folder has one curve.

    Nothing but the standard library writes the files; to look at them,
    `pip install tensorboard` and `tensorboard --logdir=FOLDER`. The graphs
    and profiles of `keras.callbacks.TensorBoard` are not in them.

    Args:
        folder: Path, made if it is not there.
        x: Array (N, ...), images as the student takes them, on which firing
            rates are measured after each epoch; some dozens are enough.
            `None` for no firing rates.
        every: Int, steps between values within an epoch, which are means
            over the epoch so far; each makes a GPU wait. 0 for none.
            Defaults to `0`.

    Raises:
        ValueError: if `every` is negative, or no integer.
    """

    def __init__(
        self,
        folder: str | os.PathLike,
        x: Any = None,
        *,
        every: int = 0,
    ):
        super().__init__()
        if not isinstance(every, int) or isinstance(every, bool) or every < 0:
            raise ValueError(
                f"expected an integer every >= 0, received: every={every!r}"
            )
        self.folder, self.x, self.every = folder, x, every
        # What else Keras waits for before it sends the next step.
        self.async_safe = not every
        self._file = None

    def on_epoch_begin(
        self, epoch: int, logs: dict[str, Any] | None = None
    ) -> None:
        self._first = self._step()
        if self._file is None:
            self._file = EventFile(self.folder, self._first)

    def on_train_batch_end(
        self, batch: int, logs: dict[str, Any] | None = None
    ) -> None:
        if self.every and (batch + 1) % self.every == 0:
            self._file.write(self._first + batch + 1, _split(logs, "step"))

    def on_epoch_end(
        self, epoch: int, logs: dict[str, Any] | None = None
    ) -> None:
        found = _split(logs or {}, "train")
        rate = self.model.optimizer.learning_rate
        found["train/learning_rate"] = float(rate)
        if self.x is not None:
            student = getattr(self.model, "student", self.model)
            rates = firing_rates(student, self.x)
            found |= {f"firing_rate/{k}": v for k, v in rates.items()}
        self._file.write(self._step(), found)

    def _step(self):
        iterations = self.model.optimizer.iterations
        return int(keras.ops.convert_to_numpy(iterations))


def _split(logs, part):
    """Dict tag -> float; held-out metrics have a tag of their own."""
    return {
        f"validation/{name[4:]}"
        if name.startswith("val_")
        else f"{part}/{name}": float(value)
        for name, value in logs.items()
    }
