"""One process, several devices, by TensorFlow's `MirroredStrategy`.

    KERAS_BACKEND=tensorflow python examples/distributed/mirrored.py [DEVICES]

Runs on 2 virtual devices of this machine's processor. On a machine with
several GPUs leave `virtual` out and call `MirroredStrategy()`, which takes
all of them. The batch is that of all devices together: each is given an
equal part, and what a method compares within a batch (SASTC's similarities,
for one) it compares within that part.
"""

import sys

import digits
import tensorflow as tf


def virtual(devices):
    cpu = tf.config.list_physical_devices("CPU")[0]
    part = tf.config.LogicalDeviceConfiguration()
    tf.config.set_logical_device_configuration(cpu, [part] * devices)
    return [f"CPU:{i}" for i in range(devices)]


def main(devices=2):
    strategy = tf.distribute.MirroredStrategy(virtual(devices))
    with strategy.scope():  # variables are made on every device
        distiller = digits.distiller()
    logs = distiller.fit(
        digits.batches(), epochs=digits.EPOCHS, shuffle=False, verbose=0
    )
    digits.report(logs, distiller.student, devices=devices)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
