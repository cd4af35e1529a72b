from typing import Any

import keras
from keras import ops

from kerassnn.layers import checks


@keras.saving.register_keras_serializable("kerassnn")
class PoissonEncode(keras.layers.Layer):
    """Draws a spike at each step with the input's value as probability.

    Values are clipped to [0, 1]. The draws are new at every call, at test
    time too: the code is random by nature.

    Args:
        timesteps: Int >= 1, T.
        seed: Int or `None`.

    Input shape:  (B, ...), spike probabilities.
    Output shape: (B, T, ...), spikes in {0, 1}.

    Raises:
        ValueError: if `timesteps` is not a positive integer.
    """

    def __init__(self, timesteps: int, seed: int | None = None, **kwargs: Any):
        super().__init__(**kwargs)
        self.timesteps = checks.timesteps(timesteps)
        self.seed = seed
        self.generator = keras.random.SeedGenerator(seed)

    def call(self, inputs: Any) -> Any:
        shape = ops.shape(inputs)
        draws = keras.random.uniform(
            (shape[0], self.timesteps, *shape[1:]),
            dtype=inputs.dtype,
            seed=self.generator,
        )
        return ops.cast(draws < ops.expand_dims(inputs, 1), inputs.dtype)

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        return (input_shape[0], self.timesteps, *input_shape[1:])

    def compute_output_spec(self, inputs: Any) -> Any:
        shape = self.compute_output_shape(inputs.shape)
        return keras.KerasTensor(shape, dtype=self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        config = {"timesteps": self.timesteps, "seed": self.seed}
        return {**super().get_config(), **config}
