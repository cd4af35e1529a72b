"""Model parallelism on JAX, by `keras.distribution.ModelParallel`.

    KERAS_BACKEND=jax python examples/distributed/jax_model.py [DEVICES]

Runs on 4 virtual devices of this machine's processor, as 2 x DEVICES / 2:
each half of the batch is computed by half of the devices, each of which
holds a part of the channels of every convolution, of teacher and student.
For networks that one device has no room for. On a cluster leave `XLA_FLAGS`
out and choose the mesh: the axis `model` within a machine, where devices
are close, the axis `batch` across machines.
"""

import os
import sys


def layout():
    import keras

    devices = keras.distribution.list_devices()
    shape = (2, len(devices) // 2)
    mesh = keras.distribution.DeviceMesh(shape, ("batch", "model"), devices)
    layouts = keras.distribution.LayoutMap(mesh)
    # By path, a regular expression; what matches none is on every device.
    layouts[".*conv[^/]*/kernel"] = (None, None, None, "model")
    return layouts


def main(devices=4):
    flag = f"--xla_force_host_platform_device_count={devices}"
    os.environ["XLA_FLAGS"] = flag  # before JAX starts, which Keras does
    import digits
    import keras

    layouts = layout()
    parallel = keras.distribution.ModelParallel(
        layout_map=layouts, batch_dim_name="batch"
    )
    keras.distribution.set_distribution(parallel)  # before any variable
    distiller = digits.distiller()
    logs = distiller.fit(
        digits.batches(), epochs=digits.EPOCHS, shuffle=False, verbose=0
    )
    split = [
        v.path
        for v in distiller.student.trainable_variables
        if not v.value.sharding.is_fully_replicated
    ]
    digits.report(logs, distiller.student, devices=devices, split=len(split))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
