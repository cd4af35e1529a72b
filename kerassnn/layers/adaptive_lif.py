import keras

from kerassnn.layers.spiking_neuron import SpikingNeuron
from kerassnn.ops.lif import Dynamics
from kerassnn.ops.lif import lif_steps


@keras.saving.register_keras_serializable("kerassnn")
class AdaptiveLIF(SpikingNeuron):
    """LIF whose decay and gain are learned, one of each a channel.

    h_t = r + M (v_{t-1} - r) + N x_t with r = `v_reset` (0 for a soft reset),
    then fire and reset as `LIF` does. Nothing keeps M in (0, 1). It runs
    step by step: the fused op has no gradient for M.

    Args:
        init_decay: Float, M before training. Defaults to `0.5`.
        init_gain: Float, N before training. Defaults to `1.0`.
        v_threshold: Float > 0. Defaults to `1.0`.
        v_reset: Float (hard reset) or `None` (soft). Defaults to `0.0`.
        detach_reset: Bool. Whether the reset carries no gradient. Defaults
            to `False`.
        surrogate: `kerassnn.ops` surrogate. Defaults to `Triangle()`.
        strict: Bool. Fire at h > threshold, not >=. Defaults to `False`.

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
        self,
        init_decay=0.5,
        init_gain=1.0,
        v_threshold=1.0,
        v_reset=0.0,
        detach_reset=False,
        surrogate=None,
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
        self.init_decay = float(init_decay)
        self.init_gain = float(init_gain)

    def build(self, input_shape):
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
    def dynamics(self):
        """Constants; decay and gain are the initial ones until trained."""
        return Dynamics(
            decay=self.init_decay,
            gain=1.0,
            v_threshold=self.v_threshold,
            v_reset=self.v_reset,
            detach_reset=self.detach_reset,
            decay_reset=True,
            strict=self.strict,
            surrogate=self.surrogate,
        )

    def call(self, inputs):
        return lif_steps(inputs, self.dynamics, self.decay, self.gain)

    def get_config(self):
        return {
            **super().get_config(),
            "init_decay": self.init_decay,
            "init_gain": self.init_gain,
        }
