from typing import Any

import keras
from keras import ops

from kerassnn.layers import checks


@keras.saving.register_keras_serializable("kerassnn")
class MembraneReadout(keras.layers.Layer):
    """Last potential of leaky integrators that never fire.

    v_t = (1 - 1/tau) v_{t-1} + x_t / tau, and the output is v_T: a mean that
    favours late steps, where `MeanReadout` weighs all alike.

    Args:
        tau: Float > 1. Membrane time constant, in timesteps. Defaults to
            `2.0`.

    Input shape:  (B, T, K), T static.
    Output shape: (B, K).

    Raises:
        ValueError: if `tau` is not above 1, or T is not static.
    """

    def __init__(self, tau: float = 2.0, **kwargs: Any):
        super().__init__(**kwargs)
        self.tau = checks.number("tau", tau, "(1, inf)")

    def build(self, input_shape: tuple) -> None:
        checks.sequence(input_shape, type(self).__name__)

    def call(self, inputs: Any) -> Any:
        steps, decay = inputs.shape[1], 1.0 - 1.0 / self.tau
        kernel = [decay ** (steps - 1 - t) / self.tau for t in range(steps)]
        kernel = ops.convert_to_tensor(kernel, dtype=inputs.dtype)
        return ops.einsum("t,bt...->b...", kernel, inputs)

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        return (input_shape[0], *input_shape[2:])

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "tau": self.tau}
