"""Several processes on JAX, by `keras.distribution.initialize`.

    KERAS_BACKEND=jax python examples/distributed/jax_processes.py [FILE]

Starts two processes on this machine, of 2 virtual devices each, and waits
for them. On a cluster, start `python jax_processes.py` on each machine with
the variables that `environments` sets: the address of the first process,
which all machines can reach, their number, and the machine's own index.
Leave `XLA_FLAGS` out: each takes all of its GPUs or TPU cores.

Every process draws its own part of each batch, and one program runs on all
devices. The first process alone writes the student.
"""

import os
import sys

import launching

PROCESSES, DEVICES = 2, 2


def environments():
    """Dicts of variables, one a process, that Keras and JAX read."""
    first = launching.addresses(1)[0]
    flag = f"--xla_force_host_platform_device_count={DEVICES}"
    return [
        {
            "KERAS_DISTRIBUTION_JOB_ADDRESSES": first,
            "KERAS_DISTRIBUTION_NUM_PROCESSES": str(PROCESSES),
            "KERAS_DISTRIBUTION_PROCESS_ID": str(i),
            "XLA_FLAGS": flag,
        }
        for i in range(PROCESSES)
    ]


def process(path=None):
    import keras

    keras.distribution.initialize()  # before JAX knows its devices
    index = int(os.environ["KERAS_DISTRIBUTION_PROCESS_ID"])
    # Each process has its own part of the data already.
    parallel = keras.distribution.DataParallel(auto_shard_dataset=False)
    keras.distribution.set_distribution(parallel)  # before any variable
    import digits

    distiller = digits.distiller()
    logs = distiller.fit(
        digits.batches(index, PROCESSES),
        epochs=digits.EPOCHS,
        shuffle=False,
        verbose=0,
    )
    if index == 0 and path:
        distiller.student.save(f"{path}.part.keras")
        os.replace(f"{path}.part.keras", path)
    values = [keras.ops.convert_to_numpy(v) for v in distiller.student.weights]
    found = {"weights": sum(float(v.sum()) for v in values)}
    # One process alone from here on.
    keras.distribution.set_distribution(None)
    alone = digits.distiller().student
    alone.set_weights(values)
    digits.report(logs, alone, first=index == 0, **found)


if __name__ == "__main__":
    if "KERAS_DISTRIBUTION_PROCESS_ID" in os.environ:
        process(*sys.argv[1:])
    else:
        sys.exit(launching.launch(sys.argv, environments()))
