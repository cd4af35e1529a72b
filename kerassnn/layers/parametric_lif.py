import math

import keras
from keras import ops

from kerassnn.layers.spiking_neuron import SpikingNeuron
from kerassnn.layers.spiking_neuron import check_tau
from kerassnn.ops.lif import Dynamics
from kerassnn.ops.lif import lif_steps


@keras.saving.register_keras_serializable("kerassnn")
class ParametricLIF(SpikingNeuron):
    """LIF whose time constant is learned, one for the whole layer.

    As `LIF`, with 1/tau = sigmoid(w) and w a trained scalar, so that the
    decay 1 - sigmoid(w) stays in (0, 1). It always runs step by step: the
    fused op has no gradient for the decay.

    Args:
        init_tau: Float > 1. Time constant before training, in timesteps.
            Defaults to `2.0`.
        v_threshold: Float > 0. Defaults to `1.0`.
        v_reset: Float (hard reset) or `None` (soft). Defaults to `0.0`.
        detach_reset: Bool. Whether the reset carries no gradient. Defaults
            to `False`.
        surrogate: `kerassnn.ops` surrogate. Defaults to `Triangle()`.
        decay_input: Bool. Whether the input is scaled by 1/tau. Defaults to
            `False`.
        strict: Bool. Fire at h > threshold, not >=. Defaults to `False`.

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
        self,
        init_tau=2.0,
        v_threshold=1.0,
        v_reset=0.0,
        detach_reset=False,
        surrogate=None,
        decay_input=False,
        strict=False,
        **kwargs,
    ):
        kwargs.pop("fused", None)
        super().__init__(
            v_threshold=v_threshold,
            v_reset=v_reset,
            detach_reset=detach_reset,
            surrogate=surrogate,
            strict=strict,
            fused=False,
            **kwargs,
        )
        self.init_tau = check_tau("init_tau", init_tau)
        self.decay_input = bool(decay_input)

    def build(self, input_shape):
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
    def dynamics(self):
        """Constants; the decay is that of `init_tau` until trained."""
        return Dynamics(
            decay=1.0 - 1.0 / self.init_tau,
            gain=1.0,
            v_threshold=self.v_threshold,
            v_reset=self.v_reset,
            detach_reset=self.detach_reset,
            decay_reset=True,
            strict=self.strict,
            surrogate=self.surrogate,
        )

    def call(self, inputs):
        rate = ops.sigmoid(self.w)
        gain = rate if self.decay_input else None
        return lif_steps(inputs, self.dynamics, 1.0 - rate, gain)

    def get_config(self):
        return {
            **super().get_config(),
            "init_tau": self.init_tau,
            "decay_input": self.decay_input,
        }
