"""Trains each method on one device and on several, in a process of its own.

`python -m tests.distillation.replicas_worker KIND REPLICAS METHOD...`, KIND
one of `mirrored`, `workers` and `jax`; devices are made before a backend
starts, so the caller sets `XLA_FLAGS` and `TF_CONFIG`. Prints one JSON
object, method -> largest relative difference of its logs, and of its weights.
"""

import contextlib
import json
import sys

import keras
import numpy as np

from kerassnn.distillation import METHODS
from tests.distillation import nets

KIND, REPLICAS, NAMES = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
LOSS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
# The parts left to chance are those of one device times a replica.
OPTIONS = {"BKDSNN": {"drop": 0.0}, "CKDSNN": {"noise": 1e-7}}
# What a strategy leaves to each replica alone; one program has them whole.
WHOLE = KIND == "jax"


def mirrored():
    import tensorflow as tf

    if KIND == "workers":
        return tf.distribute.MultiWorkerMirroredStrategy()
    cpu = tf.config.list_physical_devices("CPU")[0]
    one = tf.config.LogicalDeviceConfiguration()
    tf.config.set_logical_device_configuration(cpu, [one] * REPLICAS)
    return tf.distribute.MirroredStrategy([f"CPU:{i}" for i in range(REPLICAS)])


def make(name):
    keras.utils.set_random_seed(1)
    student = nets.student(widths=(4, 4))
    student.get_layer("conv1").kernel_regularizer = keras.regularizers.L2(0.1)
    taught = (nets.teacher(),) if METHODS[name].needs_teacher else ()
    # A task weight other than one: the regulariser must count once.
    weights = dict(METHODS[name].default_weights)
    weights["task"] *= 0.5
    if "feature" in weights:  # small steps, whose rounding is small
        weights["feature"] = 0.01
    distiller = METHODS[name](
        student, *taught, loss_weights=weights, **OPTIONS.get(name, {})
    )
    eager = KIND == "mirrored"
    distiller.compile(
        keras.optimizers.SGD(0.1, momentum=0.9),
        LOSS,
        metrics=["accuracy"],
        jit_compile=KIND == "jax",
        run_eagerly=eager,
    )
    return distiller


def data(copies):
    """Two batches; `copies` replicas each see the same as one device."""
    x, y = nets.batch(8)
    x, y = x.reshape(2, 4, *x.shape[1:]), y.reshape(2, 4)
    x, y = np.tile(x, (1, copies, 1, 1, 1)), np.tile(y, (1, copies))
    x, y = np.concatenate(x), np.concatenate(y)
    if KIND == "jax":
        return {"x": x, "y": y, "batch_size": 4 * copies, "shuffle": False}
    import tensorflow as tf

    options = tf.data.Options()
    options.experimental_distribute.auto_shard_policy = (
        tf.data.experimental.AutoShardPolicy.DATA
    )
    batches = tf.data.Dataset.from_tensor_slices((x, y)).batch(4 * copies)
    return {"x": batches.with_options(options), "shuffle": False}


def trained(name, scope, copies):
    with scope:
        distiller = make(name)
    logs = distiller.fit(**data(copies), verbose=0).history
    values = [keras.ops.convert_to_numpy(v) for v in distiller.variables]
    return {k: np.array(v) for k, v in logs.items()}, values


def distance(a, b):
    scale = max(1e-3, float(np.abs(a).max(initial=0.0)))
    return float(np.abs(a - b).max(initial=0.0)) / scale


def compared(name, scope):
    copies = 1 if WHOLE else REPLICAS
    alone, weights = trained(name, contextlib.nullcontext(), 1)
    if WHOLE:
        devices = keras.distribution.list_devices()
        keras.distribution.set_distribution(
            keras.distribution.DataParallel(devices=devices)
        )
    logs, shared = trained(name, scope(), copies)
    if WHOLE:
        keras.distribution.set_distribution(None)
    if alone.keys() != logs.keys():
        raise ValueError(f"other logs: {alone}, {logs}")
    return [
        max(distance(alone[k], logs[k]) for k in alone),
        max(distance(a, b) for a, b in zip(weights, shared, strict=True)),
    ]


if __name__ == "__main__":
    strategy = None if WHOLE else mirrored()
    scope = contextlib.nullcontext if WHOLE else strategy.scope
    print(json.dumps({name: compared(name, scope) for name in NAMES}))
