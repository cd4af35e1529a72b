import math

import keras
from keras import ops


class StopOnNonFinite(keras.callbacks.Callback):
    """Raises FloatingPointError once loss or weights are not finite.

    Where Keras can, it calls this from another thread, so that no step waits
    for the losses of the one before; the error is then raised some steps
    late. The running mean stays non-finite after one bad step. Weights are
    looked at once an epoch: neurons turn NaN into no spikes, and a last step
    has no loss after it.
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
        bad = non_finite(self.model)
        if bad:
            raise FloatingPointError(
                f"{len(bad)} weights are not finite after epoch {epoch + 1}, "
                f"such as {bad[0]}. Lower the learning rate."
            )

    def _check(self, batch, logs):
        loss = float((logs or {}).get("loss", 0.0))
        if not math.isfinite(loss):
            where = f"epoch {self._epoch + 1}"
            if batch is not None:
                where += f", at or before step {batch + 1}"
            named = {k: float(v) for k, v in logs.items()}
            raise FloatingPointError(
                f"the training loss is {loss} in {where}: {named}. Lower the "
                "learning rate, or look for bad values in the data: labels "
                "that are no class, images or sample weights that are not "
                "finite."
            )


def stopping(callbacks, model):
    """What `fit` was given, with a `StopOnNonFinite` at its front."""
    if not isinstance(callbacks, keras.callbacks.CallbackList):
        if not isinstance(callbacks, (list, tuple)):
            callbacks = [callbacks] if callbacks else []
        return [StopOnNonFinite(), *callbacks]
    if not any(isinstance(c, StopOnNonFinite) for c in callbacks.callbacks):
        stop = StopOnNonFinite()
        stop.set_model(model)
        callbacks.callbacks.insert(0, stop)
    return callbacks


def non_finite(distiller):
    """Paths of the weights of a distiller that are NaN or infinite."""
    held = (*distiller.student.variables, *distiller.trainable_variables)
    held = [v for v in held if "float" in v.dtype]
    if not held:
        return []
    fine = ops.stack([ops.all(ops.isfinite(v)) for v in held])
    fine = ops.convert_to_numpy(fine)
    return [v.path for v, good in zip(held, fine, strict=True) if not good]
