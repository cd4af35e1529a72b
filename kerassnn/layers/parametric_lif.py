import math
from typing import Any

import keras
from keras import ops

from kerassnn.layers import checks
from kerassnn.layers.spiking_neuron import SpikingNeuron
from kerassnn.ops.dynamics import Dynamics


@keras.saving.register_keras_serializable("kerassnn")
class ParametricLIF(SpikingNeuron):
    """LIF whose time constant is learned, one for the whole layer.

    As `LIF`, with 1/tau = sigmoid(w) and w a trained scalar, so that the
    decay 1 - sigmoid(w) stays in (0, 1). It always runs step by step, whatever
    `fused` says: the fused op has no gradient for the decay.

    Args:
        init_tau: Float > 1. Time constant before training, in timesteps.
            Defaults to `2.0`.
        decay_input: Bool. Whether the input is scaled by 1/tau. Defaults to
            `False`.
        **kwargs: Those of every `SpikingNeuron` (threshold, reset, surrogate,
            `v_init`, ...) and of a Keras layer.

    Input shape:  (B, T, ...), float currents (unit: threshold = 1).
    Output shape: (B, T, ...), spikes in {0, 1}, same dtype.

    Raises:
        ValueError: if an argument is out of its range, or T is not static.

    Differs from the paper: the input is not scaled by 1/tau unless
        `decay_input` asks for it (the paper scales it).

    Reference: Fang et al., Incorporating Learnable Membrane Time Constant,
        ICCV 2021, arXiv 2007.05785.
    """

    def __init__(
        self, init_tau: float = 2.0, *, decay_input: bool = False, **kwargs: Any
    ):
        super().__init__(**kwargs)
        self.init_tau = checks.number("init_tau", init_tau, "(1, inf)")
        self.decay_input = checks.flag("decay_input", decay_input)

    def build(self, input_shape: tuple) -> None:
        super().build(input_shape)
        self.w = self.add_weight(
            shape=(),
            initializer=keras.initializers.Constant(
                -math.log(self.init_tau - 1.0)
            ),
            autocast=False,  # its gradient is a sum over all of the layer
            name="w",
        )

    @property
    def dynamics(self) -> Dynamics:
        if not self.built:
            rate = 1.0 / self.init_tau
        else:
            wide = keras.backend.result_type(self.w.dtype, "float32")
            rate = ops.sigmoid(ops.cast(self.w, wide))
        return self._dynamics(1.0 - rate, rate if self.decay_input else 1.0)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "init_tau": self.init_tau,
            "decay_input": self.decay_input,
        }
