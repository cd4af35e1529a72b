"""Several processes on JAX, ended at any moment and gone on with, exactly.

    KERAS_BACKEND=jax python examples/distributed/jax_resumed.py FOLDER

Trains as `jax_processes.py` does, and is started on a cluster as that is.
After each epoch the first process alone writes `FOLDER/checkpoint.npz`, whole
or not at all. The same call goes on from there: every process reads that file,
on a file system that all of them share. The weights are then, bit for bit,
those of a training that was not ended: batches depend on seed, epoch and step
alone, and all that training changes is in the file.
"""

import json
import os
import pathlib
import sys

import jax_processes
import launching

NAME = "checkpoint.npz"


def process(folder):
    import keras

    keras.distribution.initialize()  # before JAX knows its devices
    index = int(os.environ["KERAS_DISTRIBUTION_PROCESS_ID"])
    parallel = keras.distribution.DataParallel(auto_shard_dataset=False)
    keras.distribution.set_distribution(parallel)  # before any variable
    import digits

    distiller = digits.distiller()
    train = digits.batches(index, jax_processes.PROCESSES)
    path = pathlib.Path(folder, NAME)
    train.epoch = begun = restore(distiller, train, path)
    write = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: save(distiller, path, epoch + 1)
    )
    # Others have nothing to write, and wait in the next step.
    distiller.fit(
        train,
        initial_epoch=begun,
        epochs=digits.EPOCHS,
        shuffle=False,
        verbose=0,
        callbacks=[write] if index == 0 else [],
    )
    print(json.dumps({"begun": begun, "first": index == 0}), flush=True)


def state(distiller):
    """All variables that training changes, and those that it does not."""
    return [*distiller.variables, *distiller.optimizer.variables]


def save(distiller, path, epochs):
    import keras
    import numpy as np

    distiller.jax_state_sync()  # `fit` has the newest values for itself
    values = [keras.ops.convert_to_numpy(v) for v in state(distiller)]
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part.npz")
    np.savez(part, *values, epochs=epochs)
    os.replace(part, path)


def restore(distiller, train, path):
    """The number of epochs that are done."""
    import numpy as np

    if not path.is_file():
        return 0
    x, _ = train.batch(0, 0)
    distiller.build(x.shape)
    distiller.optimizer.build(distiller.trainable_variables)
    with np.load(path) as file:
        for i, variable in enumerate(state(distiller)):
            variable.assign(file[f"arr_{i}"])
        return int(file["epochs"])


if __name__ == "__main__":
    if "KERAS_DISTRIBUTION_PROCESS_ID" in os.environ:
        process(*sys.argv[1:])
    else:
        sys.exit(launching.launch(sys.argv, jax_processes.environments()))
