from typing import Any

import keras
from keras import ops

from kerassnn.layers import checks


@keras.saving.register_keras_serializable("kerassnn")
class MeanReadout(keras.layers.Layer):
    """Mean over time of analog per-step logits.

    The output layer of these networks does not spike: its logits at each
    step are real numbers, and the prediction is their mean.

    Input shape:  (B, T, K).
    Output shape: (B, K).

    Raises:
        ValueError: if T is not static.
    """

    def build(self, input_shape: tuple) -> None:
        checks.sequence(input_shape, type(self).__name__)

    def call(self, inputs: Any) -> Any:
        return ops.mean(inputs, axis=1)

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        return (input_shape[0], *input_shape[2:])
