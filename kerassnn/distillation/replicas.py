"""Data parallelism by TensorFlow's strategies; elsewhere one replica.

`keras.distribution` on JAX shards one program over its devices, and needs
nothing: its batch, and each mean over it, is that of all devices.
"""

import contextlib
import threading

import keras
from keras import ops


class Mode(threading.local):
    """Whether this thread is in a distiller's training step.

    A strategy runs one thread for each replica, in turns.
    """

    distilling = False


def count():
    """Int, replicas whose gradients are summed into one step."""
    if keras.backend.backend() != "tensorflow":
        return 1
    import tensorflow as tf

    return tf.distribute.get_strategy().num_replicas_in_sync


def share(loss):
    """This replica's share of a loss that is a mean over its batch."""
    return ops.divide(loss, count()) if count() > 1 else loss


def many_processes():
    """Whether other processes run some of the replicas."""
    if keras.backend.backend() != "tensorflow":
        return False
    import tensorflow as tf

    strategy = tf.distribute.get_strategy()
    if not isinstance(strategy, tf.distribute.MultiWorkerMirroredStrategy):
        return False
    here = strategy.extended.worker_devices
    return strategy.num_replicas_in_sync > len(here)


def local(value):
    """A tensor of one replica, where a strategy gave one to each."""
    values = getattr(value, "values", None)
    return values[0] if isinstance(values, tuple) else value


def scope(model):
    """Context in which variables are made as those of `model` were."""
    strategy = getattr(model, "distribute_strategy", None)
    return strategy.scope() if strategy else contextlib.nullcontext()
