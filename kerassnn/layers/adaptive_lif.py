from typing import Any

import keras
from keras import ops

from kerassnn.layers import checks
from kerassnn.layers.spiking_neuron import SpikingNeuron
from kerassnn.ops.dynamics import Dynamics


@keras.saving.register_keras_serializable("kerassnn")
class AdaptiveLIF(SpikingNeuron):
    """LIF whose decay and gain are learned, one of each a channel.

    h_t = r + M (v_{t-1} - r) + N x_t with r = `v_reset` (0 for a soft reset),
    then fire and reset as `LIF` does. Nothing keeps M in (0, 1). It runs
    step by step, whatever `fused` says: the fused op has no gradient for M.

    Args:
        init_decay: Float, M before training. Defaults to `0.5`.
        init_gain: Float, N before training. Defaults to `1.0`.
        **kwargs: Those of every `SpikingNeuron` (threshold, reset, surrogate,
            `v_init`, ...) and of a Keras layer.

    Input shape:  (B, T, ..., C), float currents (unit: threshold = 1).
    Output shape: (B, T, ..., C), spikes in {0, 1}, same dtype.

    Raises:
        ValueError: if an argument is out of its range, or T is not static.

    Differs from the paper: it says learned coefficient matrices M and N;
        their shape, one number a channel, and initial values are ours, as
        are threshold and reset. Its surrogate is a rectangle of width 1,
        our default the triangle.

    Reference: Zhang et al., STAA-SNN: Spatial-Temporal Attention Aggregator
        for Spiking Neural Networks, CVPR 2025, arXiv 2503.02689.
    """

    def __init__(
        self, init_decay: float = 0.5, init_gain: float = 1.0, **kwargs: Any
    ):
        super().__init__(**kwargs)
        self.init_decay = checks.number("init_decay", init_decay)
        self.init_gain = checks.number("init_gain", init_gain)

    def build(self, input_shape: tuple) -> None:
        super().build(input_shape)
        self.decay = self._constant("decay", self.init_decay, input_shape)
        self.gain = self._constant("gain", self.init_gain, input_shape)

    def _constant(self, name, value, input_shape):
        return self.add_weight(
            shape=(input_shape[-1],),
            initializer=keras.initializers.Constant(value),
            autocast=False,  # in half precision its gradient loses a tenth
            name=name,
        )

    @property
    def dynamics(self) -> Dynamics:
        if not self.built:
            return self._dynamics(self.init_decay, self.init_gain)
        learned = map(ops.convert_to_tensor, (self.decay, self.gain))
        return self._dynamics(*learned)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "init_decay": self.init_decay,
            "init_gain": self.init_gain,
        }
