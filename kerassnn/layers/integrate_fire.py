import keras

from kerassnn.layers.spiking_neuron import SpikingNeuron
from kerassnn.ops.dynamics import Dynamics


@keras.saving.register_keras_serializable("kerassnn")
class IntegrateFire(SpikingNeuron):
    """Integrate-and-fire neuron: a LIF that does not leak.

    h_t = v_{t-1} + x_t; s_t = [h_t >= v_threshold]; hard or soft reset.

    Args:
        **kwargs: Those of every `SpikingNeuron` (threshold, reset, surrogate,
            `v_init`, ...) and of a Keras layer.

    Input shape:  (B, T, ...), float currents (unit: threshold = 1).
    Output shape: (B, T, ...), spikes in {0, 1}, same dtype.

    Raises:
        ValueError: if an argument is out of its range, or T is not static.

    Example:
        >>> float(keras.ops.sum(IntegrateFire()(keras.ops.ones((1, 4, 1)))))
        4.0
    """

    @property
    def dynamics(self) -> Dynamics:
        return self._dynamics(decay=1.0)
