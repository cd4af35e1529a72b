from typing import Any

import keras
from keras import ops

from kerassnn.layers import checks


@keras.saving.register_keras_serializable("kerassnn")
class TimeFold(keras.layers.Wrapper):
    """Applies a layer to every timestep at once, time folded into batch.

    (B, T, ...) is reshaped to (B T, ...), which is free, and back. A
    BatchNormalization inside takes its statistics over batch and time: what
    most code bases call tdBN, and what `kerassnn` calls merged BN.
    `keras.layers.TimeDistributed` loops over T instead.

    Args:
        layer: Keras layer without a time axis.

    Input shape:  (B, T, ...), T static.
    Output shape: (B, T, ...), as the layer gives for each step.

    Raises:
        ValueError: if T is not static.

    Example:
        >>> TimeFold(keras.layers.Dense(3))(keras.ops.ones((2, 4, 5))).shape
        (2, 4, 3)
    """

    def __init__(self, layer: keras.layers.Layer, **kwargs: Any):
        kwargs.setdefault("name", layer.name)
        super().__init__(layer, **kwargs)

    def build(self, input_shape: tuple) -> None:
        checks.sequence(input_shape, type(self).__name__)
        if not self.layer.built:
            self.layer.build((None, *input_shape[2:]))

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        steps = inputs.shape[1]
        folded = ops.reshape(inputs, (-1, *inputs.shape[2:]))
        # `training` reaches the layer through Keras's call context.
        outputs = self.layer(folded)
        return ops.reshape(outputs, (-1, steps, *outputs.shape[1:]))

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        inner = self.layer.compute_output_shape((None, *input_shape[2:]))
        return (*input_shape[:2], *inner[1:])

    def compute_output_spec(
        self, inputs: Any, training: bool | None = None
    ) -> Any:
        checks.sequence(inputs.shape, type(self).__name__)
        shape = self.compute_output_shape(inputs.shape)
        return keras.KerasTensor(shape, dtype=self.layer.compute_dtype)
