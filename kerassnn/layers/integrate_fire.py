import keras

from kerassnn.layers.spiking_neuron import SpikingNeuron
from kerassnn.ops.lif import Dynamics


@keras.saving.register_keras_serializable("kerassnn")
class IntegrateFire(SpikingNeuron):
    """Integrate-and-fire neuron: a LIF that does not leak.

    h_t = v_{t-1} + x_t; s_t = [h_t >= v_threshold]; hard or soft reset.

    Args:
        v_threshold: Float > 0. Defaults to `1.0`.
        v_reset: Float (hard reset) or `None` (soft). Defaults to `0.0`.
        detach_reset: Bool. Whether the reset carries no gradient. Defaults
            to `False`.
        surrogate: `kerassnn.ops` surrogate. Defaults to `Triangle()`.
        strict: Bool. Fire at h > threshold, not >=. Defaults to `False`.
        fused: Bool. One op with a hand-written backward pass, or the plain
            loop. Defaults to `True`.

    Input shape:  (B, T, ...), float currents (unit: threshold = 1).
    Output shape: (B, T, ...), spikes in {0, 1}, same dtype.

    Raises:
        ValueError: if an argument is out of its range, or T is not static.

    Example:
        >>> float(keras.ops.sum(IntegrateFire()(keras.ops.ones((1, 4, 1)))))
        4.0
    """

    def __init__(
        self,
        v_threshold=1.0,
        v_reset=0.0,
        detach_reset=False,
        surrogate=None,
        strict=False,
        fused=True,
        **kwargs,
    ):
        super().__init__(
            v_threshold=v_threshold,
            v_reset=v_reset,
            detach_reset=detach_reset,
            surrogate=surrogate,
            strict=strict,
            fused=fused,
            **kwargs,
        )

    @property
    def dynamics(self):
        return Dynamics(
            decay=1.0,
            gain=1.0,
            v_threshold=self.v_threshold,
            v_reset=self.v_reset,
            detach_reset=self.detach_reset,
            decay_reset=True,
            strict=self.strict,
            surrogate=self.surrogate,
        )
