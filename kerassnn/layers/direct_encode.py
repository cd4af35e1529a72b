import keras
from keras import ops


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

    def __init__(self, timesteps, **kwargs):
        super().__init__(**kwargs)
        self.timesteps = check_timesteps(timesteps)

    def call(self, inputs):
        return ops.repeat(ops.expand_dims(inputs, 1), self.timesteps, axis=1)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.timesteps, *input_shape[1:])

    def compute_output_spec(self, inputs):
        shape = self.compute_output_shape(inputs.shape)
        return keras.KerasTensor(shape, dtype=self.compute_dtype)

    def get_config(self):
        return {**super().get_config(), "timesteps": self.timesteps}


def check_timesteps(timesteps):
    """Raises ValueError unless `timesteps` is a positive integer."""
    if (
        not isinstance(timesteps, int)
        or isinstance(timesteps, bool)
        or timesteps < 1
    ):
        raise ValueError(
            "`timesteps` must be a positive integer. "
            f"Received: timesteps={timesteps!r}"
        )
    return timesteps
