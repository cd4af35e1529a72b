import dataclasses
import time

import keras

from kerassnn.files import write_rows
from kerassnn.training.checkpoint import GROUPS
from kerassnn.training.checkpoint import Checkpoint
from kerassnn.training.checkpoint import Position
from kerassnn.training.checkpoint import digest

RARELY = 50  # times the seconds that a checkpoint takes


class Interrupted(Exception):
    """Raised out of `fit` once the state has been saved."""


class Keeper(keras.callbacks.Callback):
    """Saves a training so that it goes on exactly where it was.

    A checkpoint is written whenever `seconds` have passed, after the last
    epoch, and after each of the others as long as writing takes no more than
    a fiftieth of the time. `history.csv` is written from what the checkpoint
    holds, so that the two never disagree.

    Args:
        folder: Path of the run folder.
        train: `kerassnn.data.Pipeline` or `Records`, placed at its epoch
            and step.
        seconds: Longest time between two checkpoints.
        stop: Function without arguments; training ends, saved, before the
            step at which it returns true, but not before the first one.
        checkpoint: `Checkpoint` to go on from, or `None`.

    Raises:
        Interrupted: out of `fit`, when `stop()` said so.
        FloatingPointError: out of `fit`, when a weight is not finite; the
            checkpoint on disk stays the last good one.
    """

    def __init__(self, folder, train, seconds, stop, checkpoint=None):
        super().__init__()
        self.path = folder / "checkpoint.npz"
        self.table = folder / "history.csv"
        self.train = train
        self.seconds = seconds
        self.stop = stop
        self.checkpoint = checkpoint
        self.position = checkpoint.position if checkpoint else Position()
        self.digest = None
        self.continued = False  # whether another `fit` comes after this one
        self.cost = 0.0  # seconds that the last checkpoint took

    def place(self):
        """Moves the pipeline to where the run is."""
        self.train.epoch = self.position.epoch
        self.train.start_step = self.position.step

    def on_train_begin(self, logs=None):
        self.digest = digest(self.model.teacher)
        self.saved = time.monotonic()

    def on_epoch_begin(self, epoch, logs=None):
        # `fit` has by now reset the metrics and, peeking at a batch, moved
        # the pipeline.
        self.place()
        self.first = self.position
        self.begun = time.monotonic()
        if self.checkpoint is not None:
            # At an epoch's end the metrics hold that epoch's.
            groups = GROUPS if self.first.step else set(GROUPS) - {"metrics"}
            self.checkpoint.restore(self.model, groups)
            self.checkpoint = None

    def on_train_batch_begin(self, batch, logs=None):
        # Not at the step's end, for which Keras waits to tell the losses: a
        # GPU would idle until the next step is sent.
        if batch == 0:
            return
        stop = self.stop()
        if stop or time.monotonic() - self.saved >= self.seconds:
            step = self.first.step + batch
            self.save(self.reached(step=step))
        if stop:
            raise Interrupted

    def on_epoch_end(self, epoch, logs=None):
        position = self.reached(epoch=epoch + 1, step=0)
        seconds = position.epoch_seconds
        train = self.train
        images = min(train.steps * train.batch_size, train.examples)
        row = {
            "epoch": epoch + 1,
            **{name: float(value) for name, value in logs.items()},
            "learning_rate": float(self.model.optimizer.learning_rate),
            "seconds": round(seconds, 3),
            "images_per_second": round(images / seconds, 2),
        }
        self.position = dataclasses.replace(
            position, epoch_seconds=0.0, history=(*position.history, row)
        )
        # An epoch begun in its middle is shorter than `fit` would count on.
        partial = self.first.step > 0
        stop = self.stop()
        last = epoch + 1 >= self.params["epochs"]
        passed = time.monotonic() - self.saved
        if (
            stop
            or last
            or partial
            or passed >= min(self.seconds, RARELY * self.cost)
        ):
            found = self.save(self.position)
            write_rows(self.table, self.position.history)
            # `fit` ends here, and may put averages in the weights' place.
            self.checkpoint = found if partial or self.continued else None
        self.model.stop_training = partial
        if stop:
            raise Interrupted

    def reached(self, **where):
        """The position that this epoch's training has come to."""
        passed = time.monotonic() - self.begun
        return dataclasses.replace(
            self.first,
            seconds=self.first.seconds + passed,
            epoch_seconds=self.first.epoch_seconds + passed,
            **where,
        )

    def save(self, position):
        """Writes the checkpoint of a position, and returns it."""
        begun = time.monotonic()
        self.position = position
        found = Checkpoint.of(self.model, position, self.digest)
        found.save(self.path)
        self.saved = time.monotonic()
        self.cost = self.saved - begun
        return found
