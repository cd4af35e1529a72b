"""`fit` and `evaluate` under a strategy of TensorFlow over many processes."""

import keras
from keras import ops

from kerassnn.distillation import replicas


class ManyProcesses(keras.Model):
    """Keras's model, with two faults of its TensorFlow trainer passed by.

    Both are of Keras 3.15, where `MultiWorkerMirroredStrategy` spans more
    than one process; nothing here acts elsewhere. Its `predict` has a third:
    gather what each process predicts with the student instead.
    """

    def train_step(self, *args):
        return _vectors(super().train_step(*args))

    def test_step(self, *args):
        return _vectors(super().test_step(*args))

    def _maybe_symbolic_build(self, iterator=None, data_batch=None):
        # Keras would take the mean of a batch over processes, which fails;
        # all it wants to know are shapes, and those each process has.
        if iterator is not None:
            with replicas.scope(self):
                apart = replicas.many_processes()
            if apart:
                data_batch, iterator = _first_batch(iterator), None
        super()._maybe_symbolic_build(iterator, data_batch)


def _vectors(logs):
    """Logs that have the axis 0 over which Keras averages processes."""
    if not replicas.many_processes():
        return logs
    return keras.tree.map_structure(lambda log: ops.reshape(log, (1,)), logs)


def _first_batch(epoch):
    for _, _, batches in epoch:
        return keras.tree.map_structure(replicas.local, next(batches))
    return None
