import dataclasses
import time

import keras

from kerassnn.training.checkpoint import Checkpoint
from kerassnn.training.checkpoint import Position
from kerassnn.training.checkpoint import digest
from kerassnn.training.files import write_rows


class Interrupted(Exception):
    """Raised out of `fit` once the state has been saved."""


class Keeper(keras.callbacks.Callback):
    """Saves a training so that it goes on exactly where it was.

    A checkpoint is written after each epoch, and within one whenever
    `seconds` have passed. `history.csv` is written from what the checkpoint
    holds, so that the two never disagree.

    Args:
        folder: Path of the run folder.
        train: `kerassnn.data.Pipeline`, placed at its epoch and step.
        seconds: Longest time between two checkpoints.
        stop: Function without arguments; training ends, saved, after the
            step at which it returns true.
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
            self.checkpoint.restore(self.model)
            self.checkpoint = None

    def on_train_batch_end(self, batch, logs=None):
        step = self.first.step + batch + 1
        if step >= self.train.steps:  # The end of the epoch saves.
            return
        stop = self.stop()
        if stop or time.monotonic() - self.saved >= self.seconds:
            self.save(dataclasses.replace(self.first, step=step))
        if stop:
            raise Interrupted

    def on_epoch_end(self, epoch, logs=None):
        seconds = time.monotonic() - self.begun + self.first.epoch_seconds
        train = self.train
        images = min(train.steps * train.batch_size, len(train.y))
        row = {
            "epoch": epoch + 1,
            **{name: float(value) for name, value in logs.items()},
            "learning_rate": float(self.model.optimizer.learning_rate),
            "seconds": round(seconds, 3),
            "images_per_second": round(images / seconds, 2),
        }
        history = (*self.first.history, row)
        self.save(Position(epoch=epoch + 1, history=history), ended=True)
        write_rows(self.table, history)
        # An epoch begun in its middle is shorter than `fit` would count on.
        self.model.stop_training = self.first.step > 0
        if self.stop():
            raise Interrupted

    def save(self, position, ended=False):
        """Writes the checkpoint of a position."""
        passed = time.monotonic() - self.begun
        self.position = dataclasses.replace(
            position,
            seconds=self.first.seconds + passed,
            epoch_seconds=0.0 if ended else self.first.epoch_seconds + passed,
        )
        Checkpoint.of(self.model, self.position, self.digest).save(self.path)
        self.saved = time.monotonic()
