import math

import keras


class StopOnNonFinite(keras.callbacks.Callback):
    """Raises FloatingPointError once the running loss is not finite.

    Where Keras can, it calls this from another thread, so that no step waits
    for the losses of the one before; the error is then raised some steps
    late. The running mean stays non-finite after one bad step.
    """

    async_safe = True

    def __init__(self):
        super().__init__()
        self._epoch = 0

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
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
