"""What the examples beside this file train: ResNet-8 on digits.

The teacher is the zoo's, the student learns from its logits. Norms have
their statistics over the whole batch, so that the step is one device's:
under a strategy of TensorFlow by `synchronized=True`; on JAX they have them
anyhow, as one program runs on all devices.
"""

import json

import keras

from kerassnn import data
from kerassnn import distillation
from kerassnn import layers
from kerassnn import models
from kerassnn import zoo

BATCH = 64  # of all devices together
EPOCHS = 5
SPLITS = data.load("digits")


def distiller(width=16):
    """Compiled `LogitsKD`, made where its variables are to be."""
    keras.utils.set_random_seed(0)
    across = keras.backend.backend() == "tensorflow"
    student = models.ResNet8(
        timesteps=2,
        neuron=layers.LIF.sastc(),
        input_shape=(8, 8, 1),
        width=width,
        norm=layers.BatchNormalization(synchronized=across),
    )
    made = distillation.LogitsKD(student, zoo.load("resnet8_ann_digits"))
    made.compile(
        keras.optimizers.SGD(0.1, momentum=0.9),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        jit_compile=keras.backend.backend() == "jax",
    )
    return made


def batches(process=0, processes=1):
    """Process `process`'s part of each batch."""
    return data.Pipeline(
        *SPLITS.train,
        BATCH,
        augment=data.Augment(crop=1, flip=False),
        normalise=SPLITS.normalise,
        drop_remainder=True,
        shard=(process, processes),
    )


def accuracy(student):
    """Float, of the 360 test images."""
    x, y = SPLITS.test
    logits = student(SPLITS.normalise(x), training=False)
    right = keras.ops.convert_to_numpy(logits).argmax(-1) == y
    return float(right.mean())


def report(logs, student, **more):
    """Prints one line of JSON."""
    found = {"loss": logs.history["loss"], "accuracy": accuracy(student)}
    print(json.dumps({**found, **more}), flush=True)
