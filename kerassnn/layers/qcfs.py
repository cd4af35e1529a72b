from typing import Any

import keras

from kerassnn.layers import checks
from kerassnn.layers.describing import base_config
from kerassnn.ops.clip_floor import clip_floor


@keras.saving.register_keras_serializable("kerassnn")
class QCFS(keras.layers.Layer):
    """Quantised activation of an ANN that is to be converted.

    h(x) = threshold clip(floor(L x / threshold + 1/2) / L, 0, 1), with one
    trained threshold for the layer. Where its input is constant, so is the
    mean spike of an integrate-and-fire neuron with this threshold, a soft
    reset and half the threshold to begin with, over T = L steps; see
    `kerassnn.convert`.

    Args:
        levels: Int >= 1, L. Defaults to `8`.
        init_threshold: Float > 0. Threshold before training. Defaults to
            `8.0`.

    Input shape:  any, without a time axis.
    Output shape: the same.

    Raises:
        ValueError: if an argument is out of its range.

    Differs from the paper: none.

    Reference: Bu et al., Optimal ANN-SNN Conversion for High-accuracy and
        Ultra-low-latency Spiking Neural Networks, ICLR 2022,
        arXiv 2303.04347.
    """

    def __init__(
        self, levels: int = 8, init_threshold: float = 8.0, **kwargs: Any
    ):
        super().__init__(**kwargs)
        self.levels = checks.integer("levels", levels)
        self.init_threshold = checks.number(
            "init_threshold", init_threshold, "(0, inf)"
        )

    def build(self, input_shape: tuple) -> None:
        self.threshold = self.add_weight(
            shape=(),
            initializer=keras.initializers.Constant(self.init_threshold),
            autocast=False,  # its gradient is a sum over all of the layer
            name="threshold",
        )

    def call(self, inputs: Any) -> Any:
        return clip_floor(inputs, self.threshold.value, self.levels)

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        return tuple(input_shape)

    def compute_output_spec(self, inputs: Any) -> Any:
        return keras.KerasTensor(inputs.shape, dtype=self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        return {
            **base_config(self),
            "levels": self.levels,
            "init_threshold": self.init_threshold,
        }
