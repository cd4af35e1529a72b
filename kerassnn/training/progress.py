import shutil
import sys
import time

import keras


class Progress(keras.callbacks.Callback):
    """Prints one line an epoch, and the time that is left.

    Within an epoch, a terminal shows a line that changes; elsewhere there
    is a line each `every` seconds.

    Args:
        train: `kerassnn.data.Pipeline` or `Records`, for the steps done before.
        every: Seconds. Defaults to `30.0`, and to `0.5` on a terminal.
    """

    def __init__(self, train, every=None):
        super().__init__()
        self.async_safe = True  # else Keras waits for every step's losses
        self.train = train
        self.live = sys.stdout.isatty()
        self.every = every or (0.5 if self.live else 30.0)
        self.steps_done, self.spent = 0, 0.0  # in the epochs before this one

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch
        self.name = f"epoch {epoch + 1}/{self.params['epochs']}"
        self.begun = self.shown = time.monotonic()
        self.before = self.train.start_step
        self.steps = self.before + self.params["steps"]

    def on_train_batch_end(self, batch, logs=None):
        if time.monotonic() - self.shown >= self.every:
            done = self.before + batch + 1
            name = f"{self.name}  step {done}/{self.steps}"
            self.show(name, logs, batch + 1, "" if self.live else "\n")

    def on_epoch_end(self, epoch, logs=None):
        steps = self.params["steps"]
        self.show(self.name, logs, steps, "\n")
        self.steps_done += steps
        self.spent += self.shown - self.begun

    def show(self, text, logs, steps, end):
        self.shown = time.monotonic()
        values = [f"{name} {float(v):.4g}" for name, v in logs.items()]
        passed = self.shown - self.begun
        parts = [text, *values, f"{passed:.1f} s"]
        left = self.left(steps, passed)
        if left:
            parts.append(f"{duration(left)} left")
        line = "  ".join(parts)
        if self.live:
            width = shutil.get_terminal_size().columns - 1
            line = f"\r\x1b[K{line if end else line[:width]}"
        print(line, end=end, flush=True)

    def left(self, steps, passed):
        """Seconds that the other steps take, at the pace until now."""
        epochs = self.params["epochs"] - self.epoch
        rest = epochs * self.train.steps - self.before - steps
        return rest * (self.spent + passed) / (self.steps_done + steps)


def duration(seconds):
    """Seconds as people say it: 45 s, 12 min, 3 h 05 min."""
    if seconds < 60:
        return f"{round(seconds)} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60:02} min"
