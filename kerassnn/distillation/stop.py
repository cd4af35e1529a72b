import math

import keras


class StopOnNonFinite(keras.callbacks.Callback):
    """Raises FloatingPointError once the running loss is not finite.

    The running mean stays non-finite after one bad step, so looking at every
    `every` steps loses nothing and does not hold up an asynchronous backend.

    Args:
        every: Int, steps between two looks. Defaults to `16`.
    """

    def __init__(self, every=16):
        super().__init__()
        self.every = every
        self._epoch = 0

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        if batch % self.every == 0:
            self._check(batch, logs)

    def on_epoch_end(self, epoch, logs=None):
        self._check(None, logs)

    def _check(self, batch, logs):
        loss = float((logs or {}).get("loss", 0.0))
        if not math.isfinite(loss):
            where = f"epoch {self._epoch + 1}"
            if batch is not None:
                where += f", at or before step {batch + 1}"
            named = {k: float(v) for k, v in logs.items()}
            raise FloatingPointError(
                f"the training loss is {loss} in {where}: {named}. Lower the "
                "learning rate, or look for bad values in the data."
            )
