"""Normalisation as a layer, inside a model of stored images."""

import keras
import numpy as np


@keras.saving.register_keras_serializable("kerassnn")
class Normalise(keras.layers.Layer):
    """Layer (x / scale - mean) / std, from stored images.

    Args:
        scale: Float.
        mean: List of C floats.
        std: List of C floats.
    """

    def __init__(self, scale, mean, std, **kwargs):
        super().__init__(dtype="float32", **kwargs)
        self.scale = scale
        self.mean = mean
        self.std = std

    def call(self, x):
        # No check here: behind the model's input, integers are floats too.
        mean, std = np.float64(self.mean), np.float64(self.std)
        gain = (1 / (self.scale * std)).astype("float32")
        offset = (-mean / std).astype("float32")
        x = keras.ops.cast(x, "float32")
        return keras.ops.add(keras.ops.multiply(x, gain), offset)

    def compute_output_shape(self, shape):
        return shape

    def get_config(self):
        config = super().get_config()
        config.pop("dtype")
        own = {"scale": self.scale, "mean": self.mean, "std": self.std}
        return {**config, **own}
