from typing import Any

import keras
from keras import ops

from kerassnn.layers import checks


@keras.saving.register_keras_serializable("kerassnn")
class PositionEncoding(keras.layers.Layer):
    """Adds a learned number for each timestep and channel.

    The numbers, (T, C), start at zero and bind the weights to one T.

    Input shape:  (B, T, ..., C), T static.
    Output shape: the same.

    Raises:
        ValueError: if T is not static, or not that of the weights.

    Differs from the paper: it names a learned position embedding put before
        the spatial aggregation; that its axis is time, its shape and its
        zeros at the start are ours.

    Reference: Zhang et al., STAA-SNN, CVPR 2025, arXiv 2503.02689.
    """

    binds_timesteps = True  # weights for each of its T

    def build(self, input_shape: tuple) -> None:
        checks.sequence(input_shape, type(self).__name__)
        self.position = self.add_weight(
            shape=(input_shape[1], input_shape[-1]),
            initializer="zeros",
            autocast=False,  # its gradient is a sum over the batch and space
            name="position",
        )

    def call(self, inputs: Any) -> Any:
        steps, channels = self.position.shape
        checks.own_steps(self, inputs.shape, steps)
        middle = (1,) * (len(inputs.shape) - 3)
        position = ops.reshape(self.position, (1, steps, *middle, channels))
        wide = keras.backend.result_type(inputs.dtype, "float32")
        return ops.cast(ops.cast(inputs, wide) + position, inputs.dtype)

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        return tuple(input_shape)

    def compute_output_spec(self, inputs: Any) -> Any:
        checks.own_steps(self, inputs.shape, self.position.shape[0])
        return keras.KerasTensor(inputs.shape, dtype=self.compute_dtype)
