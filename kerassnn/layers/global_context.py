import math
from typing import Any

import keras
from keras import ops

from kerassnn.layers import checks


@keras.saving.register_keras_serializable("kerassnn")
class GlobalContext(keras.layers.Layer):
    """Gates the channels of each timestep by a summary of its space.

    With a = softmax over (H, W) of key . x, the context is sum a x in R^C,
    the gate g = sigmoid(W2 relu(W1 context + b1) + b2), W1 from C to C/r
    channels, and the result x (1/2 + g), or x g without `residual`. All
    weights are shared over time.

    Args:
        ratio: Int >= 1, r. Defaults to `4`.
        residual: Bool. Whether half of x is added to the gated x. Defaults
            to `True`: gates start near 1/2, and currents as they were.
            Without it the neurons fall silent; were all of x added,
            gradients would grow by half at every layer on their way down.

    Input shape:  (B, T, ..., C), T static.
    Output shape: the same.

    Raises:
        ValueError: if `ratio` is not a positive integer, or T not static.

    Differs from the paper: it names three 1x1 convolutions (key, query,
        value), a sigmoid gate and the ratio 4; this form of them, after
        Cao et al. (GCNet), the place in front of the neuron, on its
        currents, and the residual are ours.

    Reference: Zhang et al., STAA-SNN, CVPR 2025, arXiv 2503.02689.
    """

    def __init__(self, ratio: int = 4, residual: bool = True, **kwargs: Any):
        super().__init__(**kwargs)
        self.ratio = checks.integer("ratio", ratio)
        self.residual = checks.flag("residual", residual)

    def build(self, input_shape: tuple) -> None:
        checks.sequence(input_shape, type(self).__name__)
        channels = input_shape[-1]
        inner = max(channels // self.ratio, 1)
        self.key = self.add_weight(shape=(channels, 1), name="key")
        self.squeeze = self.add_weight(
            shape=(channels, inner), initializer="he_normal", name="squeeze"
        )
        self.squeeze_bias = self.add_weight(
            shape=(inner,), initializer="zeros", name="squeeze_bias"
        )
        self.excite = self.add_weight(shape=(inner, channels), name="excite")
        self.excite_bias = self.add_weight(
            shape=(channels,), initializer="zeros", name="excite_bias"
        )

    def call(self, inputs: Any) -> Any:
        steps, channels = inputs.shape[1], inputs.shape[-1]
        x = ops.reshape(inputs, (-1, steps, _size(inputs), channels))
        weights = ops.softmax(ops.matmul(x, self.key), axis=2)
        context = ops.sum(weights * x, axis=2)
        hidden = ops.relu(ops.matmul(context, self.squeeze) + self.squeeze_bias)
        gate = ops.sigmoid(ops.matmul(hidden, self.excite) + self.excite_bias)
        middle = (1,) * (len(inputs.shape) - 3)
        gate = ops.reshape(gate, (-1, steps, *middle, channels))
        return inputs * (0.5 + gate if self.residual else gate)

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        return tuple(input_shape)

    def compute_output_spec(self, inputs: Any) -> Any:
        checks.sequence(inputs.shape, type(self).__name__)
        return keras.KerasTensor(inputs.shape, dtype=self.compute_dtype)

    def macs(
        self,
        input_shape: tuple[int | None, ...],
        output_shape: tuple[int | None, ...],
    ) -> int:
        """Multiplications of one sample, as `kerassnn.analysis` counts them.

        At every step those of the key, the weighted sum and the gate's
        product on each value, and of the two dense layers.
        """
        values = math.prod(output_shape[1:])
        dense = 2 * self.squeeze.shape[0] * self.squeeze.shape[1]
        return 3 * values + output_shape[1] * dense

    def get_config(self) -> dict[str, Any]:
        config = {"ratio": self.ratio, "residual": self.residual}
        return {**super().get_config(), **config}


def _size(x):
    """Number of places of (B, T, ..., C) between T and C."""
    size = 1
    for length in x.shape[2:-1]:
        size *= length
    return size
