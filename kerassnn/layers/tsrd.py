from typing import Any

import keras
from keras import ops

from kerassnn.layers import checks


@keras.saving.register_keras_serializable("kerassnn")
class TSRD(keras.layers.Layer):
    """Time-step random dropout: skips a module at random timesteps.

    Takes what goes into a module and what comes out of it. In training each
    step of the result is, with probability `rate`, what went in, and else
    what came out; one draw a step, for the whole batch. At test it is what
    came out.

    Args:
        rate: Float in [0, 1], beta. Defaults to `0.1`.
        seed: Int or `None`.

    Input shape:  pair of (B, T, ...), T static.
    Output shape: (B, T, ...).

    Raises:
        ValueError: if `rate` is not in [0, 1], or T is not static.

    Differs from the paper: that a draw holds for the whole batch is ours;
        outputs are not rescaled.

    Reference: Zhang et al., STAA-SNN, CVPR 2025, arXiv 2503.02689.
    """

    def __init__(
        self, rate: float = 0.1, seed: int | None = None, **kwargs: Any
    ):
        super().__init__(**kwargs)
        self.rate = checks.number("rate", rate, "[0, 1]")
        self.seed = seed
        self.generator = keras.random.SeedGenerator(seed)

    def build(self, input_shape: tuple) -> None:
        checks.sequence(input_shape[0], type(self).__name__)

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        before, after = inputs
        if not training or self.rate == 0:
            return after
        shape = (1, after.shape[1]) + (1,) * (len(after.shape) - 2)
        skipped = keras.random.uniform(shape, seed=self.generator) < self.rate
        return ops.where(skipped, before, after)

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        return tuple(input_shape[1])

    def compute_output_spec(
        self, inputs: Any, training: bool | None = None
    ) -> Any:
        return keras.KerasTensor(inputs[1].shape, dtype=self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "rate": self.rate, "seed": self.seed}
