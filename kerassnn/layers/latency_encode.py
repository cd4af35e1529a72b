import math
from typing import Any

import keras
from keras import ops

from kerassnn.layers import checks as layer_checks


@keras.saving.register_keras_serializable("kerassnn")
class LatencyEncode(keras.layers.Layer):
    """One spike for each value, the earlier the larger the value.

    A value x, clipped to [0, 1], fires in step round((T - 1)(1 - x)), counted
    from 0 and with halves to the even step; with `logarithmic`, in step
    round(T - 1 - ln(a x + 1)), a = e^(T - 1) - 1, which tells small values
    better apart. Zero fires last.

    Args:
        timesteps: Int >= 1, T.
        logarithmic: Bool. Defaults to `False`.

    Input shape:  (B, ...), intensities.
    Output shape: (B, T, ...), spikes in {0, 1}, one for each value.

    Raises:
        ValueError: if `timesteps` is not a positive integer, or `logarithmic`
            no bool.

    Example:
        >>> spikes = LatencyEncode(5)(keras.ops.array([[1.0, 0.5, 0.0]]))
        >>> [int(t) for t in keras.ops.argmax(spikes[0], axis=0)]
        [0, 2, 4]
    """

    def __init__(
        self, timesteps: int, logarithmic: bool = False, **kwargs: Any
    ):
        super().__init__(**kwargs)
        self.timesteps = layer_checks.timesteps(timesteps)
        self.logarithmic = layer_checks.flag("logarithmic", logarithmic)

    def call(self, inputs: Any) -> Any:
        # Half precision cannot tell the steps of long sequences apart.
        x = ops.clip(ops.cast(inputs, "float32"), 0.0, 1.0)
        last = float(self.timesteps - 1)
        if self.logarithmic:
            # As -ln(x + e^(1 - T) (1 - x)): e^(T - 1) overflows at T = 90.
            small = math.exp(-last)
            inside = ops.maximum(x * (1.0 - small) + small, 1e-37)
            when = ops.minimum(-ops.log(inside), last)
            when = ops.where(x > 0.0, when, last)
        else:
            when = last * (1.0 - x)
        when = ops.expand_dims(ops.round(when), 1)
        steps = ops.arange(self.timesteps, dtype="float32")
        steps = ops.reshape(steps, (1, -1) + (1,) * (len(inputs.shape) - 1))
        return ops.cast(when == steps, self.compute_dtype)

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        return (input_shape[0], self.timesteps, *input_shape[1:])

    def compute_output_spec(self, inputs: Any) -> Any:
        shape = self.compute_output_shape(inputs.shape)
        return keras.KerasTensor(shape, dtype=self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        config = {
            "timesteps": self.timesteps,
            "logarithmic": self.logarithmic,
        }
        return {**super().get_config(), **config}
