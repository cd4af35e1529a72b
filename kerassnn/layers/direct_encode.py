from typing import Any

import keras
from keras import ops

from kerassnn.layers import checks


@keras.saving.register_keras_serializable("kerassnn")
class DirectEncode(keras.layers.Layer):
    """Repeats a static input over T timesteps.

    Placed behind the stem's convolution and norm, which so run once and not
    T times. T lives here and in no weight: the same weights run at any T.

    Args:
        timesteps: Int >= 1, T.

    Input shape:  (B, ...).
    Output shape: (B, T, ...).

    Raises:
        ValueError: if `timesteps` is not a positive integer.
    """

    def __init__(self, timesteps: int, **kwargs: Any):
        super().__init__(**kwargs)
        self.timesteps = checks.timesteps(timesteps)

    def call(self, inputs: Any) -> Any:
        return ops.repeat(ops.expand_dims(inputs, 1), self.timesteps, axis=1)

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        return (input_shape[0], self.timesteps, *input_shape[1:])

    def compute_output_spec(self, inputs: Any) -> Any:
        shape = self.compute_output_shape(inputs.shape)
        return keras.KerasTensor(shape, dtype=self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "timesteps": self.timesteps}
