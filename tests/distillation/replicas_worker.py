"""Takes one step of each method on several devices, and on one.

`python -m tests.distillation.replicas_worker KIND NORMS REPLICAS METHOD...`,
KIND one of `mirrored`, `workers`, `jax` and `processes` (JAX's), NORMS one
of `none`, `own` (each replica its statistics) and `all` (`synchronized=True`).
Devices are made before a backend starts, so the caller sets `XLA_FLAGS`,
`TF_CONFIG` and `KERAS_DISTRIBUTION_...`.
Prints one JSON object, method -> {"whole": gap, "mean": gap}: the largest
relative difference of logs and steps from one device that is given the whole
batch, and from the mean over devices that are given a replica's part each.
"""

import contextlib
import json
import os
import sys

import keras
import numpy as np

from kerassnn.distillation import METHODS
from kerassnn.layers import BatchNormalization
from tests.distillation import nets

KIND, NORMS, REPLICAS = sys.argv[1], sys.argv[2], int(sys.argv[3])
NAMES = sys.argv[4:]
PART = 4  # samples of a replica
JAX = KIND in ("jax", "processes")
LOSS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
# The parts left to chance are those of one device times a replica.
OPTIONS = {"BKDSNN": {"drop": 0.0}, "CKDSNN": {"noise": 1e-7}}


def strategy():
    import tensorflow as tf

    if KIND == "workers":
        return tf.distribute.MultiWorkerMirroredStrategy()
    cpu = tf.config.list_physical_devices("CPU")[0]
    one = tf.config.LogicalDeviceConfiguration()
    tf.config.set_logical_device_configuration(cpu, [one] * REPLICAS)
    return tf.distribute.MirroredStrategy([f"CPU:{i}" for i in range(REPLICAS)])


def norm(name):
    if NORMS == "none":
        return keras.layers.Identity(name=name)
    return BatchNormalization(synchronized=NORMS == "all", name=name)


def make(name):
    keras.utils.set_random_seed(1)
    student = nets.student(widths=(4, 4), norm=norm)
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
    distiller.compile(
        keras.optimizers.SGD(0.1, momentum=0.9),
        LOSS,
        metrics=["accuracy"],
        jit_compile=JAX,
        run_eagerly=KIND == "mirrored",
    )
    return distiller


def data(part):
    x, y = (array[part] for array in nets.batch(PART * REPLICAS))
    if JAX:
        return {"x": x, "y": y, "batch_size": len(x), "shuffle": False}
    import tensorflow as tf

    options = tf.data.Options()
    options.experimental_distribute.auto_shard_policy = (
        tf.data.experimental.AutoShardPolicy.DATA
    )
    batches = tf.data.Dataset.from_tensor_slices((x, y)).batch(len(x))
    return {"x": batches.with_options(options), "shuffle": False}


def part_of(i):
    return slice(i * PART, (i + 1) * PART)


def trained(name, part, scope):
    """Logs of one step, and by how much it changed each variable."""
    with scope:
        distiller = make(name)
        distiller.build((PART, *distiller.student.input_shape[1:]))
    variables = [
        *distiller.student.variables,
        *(v for v in distiller.trainable_variables),
    ]
    before = [keras.ops.convert_to_numpy(v) + 0.0 for v in variables]
    logs = distiller.fit(**data(part), verbose=0).history
    after = [keras.ops.convert_to_numpy(v) for v in variables]
    steps = [a - b for a, b in zip(after, before, strict=True)]
    sizes = [float(np.abs(b).max(initial=0.0)) for b in before]
    return {k: v[0] for k, v in logs.items()}, steps, sizes


def gap(found, logs, steps):
    """Of logs to their size, of steps to theirs, or a thousandth weight's."""
    if found[0].keys() != logs.keys():
        raise ValueError(f"other logs: {found[0]}, {logs}")
    gaps = [abs(found[0][k] - logs[k]) / max(1e-3, abs(logs[k])) for k in logs]
    for a, b, size in zip(found[1], steps, found[2], strict=True):
        scale = np.abs(b).max(initial=0.0) + 1e-3 * size + 1e-6
        gaps.append(float(np.abs(a - b).max(initial=0.0) / scale))
    return max(gaps)


def mean(results):
    logs = {k: np.mean([r[0][k] for r in results]) for k in results[0][0]}
    return logs, [
        np.mean(s, 0) for s in zip(*(r[1] for r in results), strict=True)
    ]


def compared(name, scope):
    alone = contextlib.nullcontext
    whole = trained(name, slice(None), alone())
    parts = []
    if not JAX:
        for i in range(REPLICAS):
            parts.append(trained(name, part_of(i), alone()))
    mine = slice(None)
    if KIND == "processes":  # each is given its own part
        mine = part_of(int(os.environ["KERAS_DISTRIBUTION_PROCESS_ID"]))
    if JAX:
        parallel = keras.distribution.DataParallel(auto_shard_dataset=False)
        keras.distribution.set_distribution(parallel)
    shared = trained(name, mine, scope())
    if JAX:
        keras.distribution.set_distribution(None)
    gaps = {"whole": gap(shared, *whole[:2])}
    if parts:
        gaps["mean"] = gap(shared, *mean(parts))
    return gaps


if __name__ == "__main__":
    if KIND == "processes":
        keras.distribution.initialize()
    scope = contextlib.nullcontext if JAX else strategy().scope
    print(json.dumps({name: compared(name, scope) for name in NAMES}))
