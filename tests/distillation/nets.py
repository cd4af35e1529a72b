"""A student and a teacher of two stages, as small as the methods allow."""

import keras
import numpy as np
from keras import layers as keras_layers

from kerassnn.layers import LIF
from kerassnn.layers import DirectEncode
from kerassnn.layers import MeanReadout
from kerassnn.layers import TimeFold

SIZE, CLASSES, EPSILON = 4, 3, 1e-5


def conv(width, name):
    return keras_layers.Conv2D(
        width, 3, padding="same", use_bias=False, name=name
    )


def norm(name):
    return keras_layers.BatchNormalization(
        momentum=0.9, epsilon=EPSILON, name=name
    )


def student(timesteps=2, widths=(2, 3), neuron=LIF.sastc, wrap=None, norm=norm):
    """Spiking, taps `stage1` 4x4, `stage2` 2x2, `logits_t`, `logits`."""
    inputs = keras.Input((SIZE, SIZE, 1))
    x = wrap(inputs) if wrap else inputs
    x = norm("bn1")(conv(widths[0], "conv1")(x))
    x = neuron(name="stage1")(DirectEncode(timesteps, name="encode")(x))
    x = TimeFold(keras_layers.AveragePooling2D(2, name="pool"))(x)
    x = TimeFold(norm("bn2"))(TimeFold(conv(widths[1], "conv2"))(x))
    x = neuron(name="stage2")(x)
    x = TimeFold(keras_layers.GlobalAveragePooling2D(name="features"))(x)
    x = TimeFold(keras_layers.Dense(CLASSES, name="logits_t"))(x)
    return keras.Model(inputs, MeanReadout(name="logits")(x))


def teacher(widths=(3, 2), wrap=None, norm=norm):
    """Analog, with maps of the student's sizes."""
    inputs = keras.Input((SIZE, SIZE, 1))
    x = wrap(inputs) if wrap else inputs
    x = keras_layers.ReLU()(norm("bn1")(conv(widths[0], "conv1")(x)))
    x = keras_layers.Identity(name="stage1")(x)
    x = conv(widths[1], "conv2")(keras_layers.AveragePooling2D(2)(x))
    x = keras_layers.ReLU(name="stage2")(norm("bn2")(x))
    x = keras_layers.GlobalAveragePooling2D(name="features")(x)
    x = keras_layers.Dense(CLASSES, name="head")(x)
    return keras.Model(inputs, keras_layers.Identity(name="logits")(x))


def drawn(variables, rng):
    """Draws trainable weights: the same on every backend, none special."""
    for variable in variables:
        fan_in = np.prod(variable.shape[:-1])
        if len(variable.shape) > 1:
            weight = rng.normal(0, fan_in**-0.5, variable.shape)
        elif variable.name == "gamma":
            weight = rng.uniform(0.8, 1.2, variable.shape)
        else:
            weight = rng.uniform(0.1, 0.5, variable.shape)
        variable.assign(weight.astype("float32"))


def batch(samples=8, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(0.5, 1, (samples, SIZE, SIZE, 1)).astype("float32")
    return x, (np.arange(samples) % CLASSES).astype("int32")
