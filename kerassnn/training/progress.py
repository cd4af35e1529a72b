import time

import keras


class Progress(keras.callbacks.Callback):
    """Prints one line an epoch, and one each `every` seconds within it.

    For where no terminal shows Keras's own bar.

    Args:
        train: `kerassnn.data.Pipeline`, for the steps done before.
        every: Seconds. Defaults to `30.0`.
    """

    def __init__(self, train, every=30.0):
        super().__init__()
        self.async_safe = True  # else Keras waits for every step's losses
        self.train = train
        self.every = every

    def on_epoch_begin(self, epoch, logs=None):
        self.name = f"epoch {epoch + 1}/{self.params['epochs']}"
        self.begun = self.shown = time.monotonic()
        self.before = self.train.start_step
        self.steps = self.before + self.params["steps"]

    def on_train_batch_end(self, batch, logs=None):
        if time.monotonic() - self.shown >= self.every:
            done = self.before + batch + 1
            self.show(f"{self.name}  step {done}/{self.steps}", logs)

    def on_epoch_end(self, epoch, logs=None):
        self.show(self.name, logs)

    def show(self, text, logs):
        self.shown = time.monotonic()
        values = [f"{name} {float(v):.4g}" for name, v in logs.items()]
        seconds = f"{self.shown - self.begun:.1f} s"
        print("  ".join([text, *values, seconds]), flush=True)
