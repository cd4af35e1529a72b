"""Several processes, by TensorFlow's `MultiWorkerMirroredStrategy`.

    KERAS_BACKEND=tensorflow python examples/distributed/workers.py [FILE]

Starts two processes on this machine and waits for them. On a cluster, start
`python workers.py` on each machine with `TF_CONFIG` set as `configs` does:
the same list of addresses everywhere, which all machines can reach, and the
machine's own index. Each takes all of its GPUs. When one process ends, so
must the others: start them again together, from the last checkpoint.

Every process draws its own part of each batch. The first one alone writes
the student: of its variables, all processes hold the same values.
"""

import json
import os
import sys

import launching

PROCESSES = 2


def configs():
    """Dicts of `TF_CONFIG`, one a process."""
    cluster = {"worker": launching.addresses(PROCESSES)}
    tasks = [{"type": "worker", "index": i} for i in range(PROCESSES)]
    both = [{"cluster": cluster, "task": task} for task in tasks]
    return [{"TF_CONFIG": json.dumps(each)} for each in both]


def worker(path=None):
    import digits
    import keras
    import tensorflow as tf

    # Before anything else: it connects the processes.
    strategy = tf.distribute.MultiWorkerMirroredStrategy()
    first = json.loads(os.environ["TF_CONFIG"])["task"]["index"] == 0
    with strategy.scope():
        distiller = digits.distiller()
    logs = distiller.fit(
        strategy.distribute_datasets_from_function(drawn),
        epochs=digits.EPOCHS,
        steps_per_epoch=len(digits.batches()),
        shuffle=False,
        verbose=0,
    )
    if first and path:
        distiller.student.save(f"{path}.part.keras")
        os.replace(f"{path}.part.keras", path)
    sums = [float(keras.ops.sum(v)) for v in distiller.student.weights]
    digits.report(logs, distiller.student, first=first, weights=sum(sums))


def drawn(context):
    """An endless data set of one process's part of each batch."""
    import digits
    import tensorflow as tf

    mine = digits.batches(
        context.input_pipeline_id, context.num_input_pipelines
    )

    def epoch():
        yield from (mine[i] for i in range(len(mine)))
        mine.on_epoch_end()

    x, y = mine[0]
    like = (
        tf.TensorSpec(x.shape, tf.float32),
        tf.TensorSpec(y.shape, tf.int32),
    )
    return tf.data.Dataset.from_generator(epoch, output_signature=like).repeat()


if __name__ == "__main__":
    if "TF_CONFIG" in os.environ:
        worker(*sys.argv[1:])
    else:
        sys.exit(launching.launch(sys.argv, configs()))
