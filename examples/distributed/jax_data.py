"""Data parallelism on JAX, by `keras.distribution.DataParallel`.

    KERAS_BACKEND=jax python examples/distributed/jax_data.py [DEVICES]

Runs on 4 virtual devices of this machine's processor. On a machine with
several GPUs or TPU cores leave `XLA_FLAGS` out: all of them are taken. One
program runs on all devices, so that every mean, every batch norm and every
comparison within a batch is over the whole batch, whatever the method.
"""

import os
import sys


def main(devices=4):
    flag = f"--xla_force_host_platform_device_count={devices}"
    os.environ["XLA_FLAGS"] = flag  # before JAX starts, which Keras does
    import digits
    import keras

    parallel = keras.distribution.DataParallel()  # over all there are
    keras.distribution.set_distribution(parallel)  # before any variable
    distiller = digits.distiller()
    logs = distiller.fit(
        digits.batches(), epochs=digits.EPOCHS, shuffle=False, verbose=0
    )
    digits.report(logs, distiller.student, devices=devices)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
