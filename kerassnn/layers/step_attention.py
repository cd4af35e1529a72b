from typing import Any

import keras
from keras import ops

from kerassnn.layers import checks

OPEN = 2.0  # the bias at the start: sigmoid(2) = 0.88


@keras.saving.register_keras_serializable("kerassnn")
class StepAttention(keras.layers.Layer):
    """Weighs the timesteps, each by one number in (0, 1) a sample.

    With p in R^T the mean of each step over space and channels, the weights
    are sigmoid(W2 relu(W1 p + b1) + b2), W1 and W2 being 1x1 convolutions
    over T. They bind the layer to one T. Spikes become graded by it, alike
    in the whole step.

    Args:
        ratio: Int >= 1, how many times fewer than T units stand between.
            Defaults to `1`: at few steps the units of a narrower layer die.

    Input shape:  (B, T, ...), T static.
    Output shape: the same.

    Raises:
        ValueError: if `ratio` is not a positive integer, T is not static, or
            not that of the weights.

    Differs from the paper: it names AvgPool, conv, ReLU, conv and sigmoid
        giving one weight a step; the shapes, the ratio, a first layer
        that starts positive and weights that start near 0.9 are ours.

    Reference: Zhang et al., STAA-SNN, CVPR 2025, arXiv 2503.02689.
    """

    binds_timesteps = True  # weights for each of its T

    def __init__(self, ratio: int = 1, **kwargs: Any):
        super().__init__(**kwargs)
        self.ratio = checks.integer("ratio", ratio)

    def build(self, input_shape: tuple) -> None:
        checks.sequence(input_shape, type(self).__name__)
        steps = input_shape[1]
        inner = max(steps // self.ratio, 1)
        # Firing rates are not negative: few units of random sign could all
        # be dead from the start.
        positive = keras.initializers.RandomUniform(0.0, 2.0 / steps)
        self.squeeze = self.add_weight(
            shape=(steps, inner), initializer=positive, name="squeeze"
        )
        self.squeeze_bias = self.add_weight(
            shape=(inner,), initializer="zeros", name="squeeze_bias"
        )
        self.excite = self.add_weight(shape=(inner, steps), name="excite")
        # Half the spikes would be another network than the one whose weights
        # it may have got, and than the one that TSRD leaves at a skip.
        self.excite_bias = self.add_weight(
            shape=(steps,),
            initializer=keras.initializers.Constant(OPEN),
            name="excite_bias",
        )

    def call(self, inputs: Any) -> Any:
        rank, steps = len(inputs.shape), self.squeeze.shape[0]
        checks.own_steps(self, inputs.shape, steps)
        pooled = ops.mean(inputs, axis=tuple(range(2, rank)))
        hidden = ops.relu(ops.matmul(pooled, self.squeeze) + self.squeeze_bias)
        gate = ops.sigmoid(ops.matmul(hidden, self.excite) + self.excite_bias)
        return inputs * ops.reshape(gate, (-1, steps) + (1,) * (rank - 2))

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        return tuple(input_shape)

    def compute_output_spec(self, inputs: Any) -> Any:
        checks.own_steps(self, inputs.shape, self.squeeze.shape[0])
        return keras.KerasTensor(inputs.shape, dtype=self.compute_dtype)

    def macs(
        self,
        input_shape: tuple[int | None, ...],
        output_shape: tuple[int | None, ...],
    ) -> int:
        """Multiplications of one sample: its two dense layers, once.

        The factor of a step comes out of the sums of the layers that read
        the spikes; `kerassnn.analysis` counts it there.
        """
        return 2 * self.squeeze.shape[0] * self.squeeze.shape[1]

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "ratio": self.ratio}
