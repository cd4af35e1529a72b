import keras

from kerassnn.ops.lif import check_sequence
from kerassnn.ops.lif import lif_sequence
from kerassnn.ops.lif import lif_steps
from kerassnn.ops.surrogate import Surrogate
from kerassnn.ops.surrogate import Triangle


class SpikingNeuron(keras.layers.Layer):
    """Abstract neuron: currents (B, T, ...) to spikes (B, T, ...).

    A subclass is final and defines `dynamics`; the membrane potential lives
    inside `call` only, so there is no state to reset between batches.

    Args:
        v_threshold: Float > 0. Potential at which the neuron fires.
        v_reset: Float below `v_threshold` (hard reset to it), or `None`
            (soft reset: the threshold is subtracted).
        detach_reset: Bool. Whether the reset carries no gradient.
        surrogate: `kerassnn.ops` surrogate. `None` means `Triangle()`.
        strict: Bool. Whether the potential must exceed the threshold to
            fire; by default reaching it is enough.
        fused: Bool. Whether the sequence runs as one op with a hand-written
            backward pass that stores only the input.

    Input shape:  (B, T, ...), float currents (unit: threshold = 1).
    Output shape: (B, T, ...), spikes in {0, 1}, same dtype.
    """

    def __init__(
        self,
        *,
        v_threshold,
        v_reset,
        detach_reset,
        surrogate,
        strict,
        fused,
        **kwargs,
    ):
        super().__init__(**kwargs)
        surrogate = Triangle() if surrogate is None else surrogate
        if isinstance(surrogate, dict):
            surrogate = keras.saving.deserialize_keras_object(surrogate)
        if not isinstance(surrogate, Surrogate):
            raise ValueError(
                "`surrogate` must be a kerassnn.ops surrogate such as "
                f"`ATan()`. Received: surrogate={surrogate!r}"
            )
        if not v_threshold > 0:
            raise ValueError(
                "`v_threshold` must be a positive number. "
                f"Received: v_threshold={v_threshold}"
            )
        if v_reset is not None and not v_reset < v_threshold:
            raise ValueError(
                "`v_reset` must be None or below `v_threshold`. Received: "
                f"v_reset={v_reset}, v_threshold={v_threshold}"
            )
        self.v_threshold = float(v_threshold)
        self.v_reset = None if v_reset is None else float(v_reset)
        self.detach_reset = bool(detach_reset)
        self.surrogate = surrogate
        self.strict = bool(strict)
        self.fused = bool(fused)

    @property
    def dynamics(self):
        """The neuron's constants, a `kerassnn.ops.Dynamics`."""
        raise NotImplementedError

    def build(self, input_shape):
        check_sequence(input_shape, type(self).__name__)

    def call(self, inputs):
        unroll = lif_sequence if self.fused else lif_steps
        return unroll(inputs, self.dynamics)

    def compute_output_shape(self, input_shape):
        return tuple(input_shape)

    def compute_output_spec(self, inputs):
        check_sequence(inputs.shape, type(self).__name__)
        return keras.KerasTensor(inputs.shape, dtype=self.compute_dtype)

    def get_config(self):
        return {
            **super().get_config(),
            "v_threshold": self.v_threshold,
            "v_reset": self.v_reset,
            "detach_reset": self.detach_reset,
            "surrogate": keras.saving.serialize_keras_object(self.surrogate),
            "strict": self.strict,
            "fused": self.fused,
        }


def check_tau(name, tau):
    """Raises ValueError unless `tau` is a time constant above one step."""
    if not isinstance(tau, (int, float)) or not tau > 1:
        raise ValueError(
            f"`{name}` must be a number above 1, in timesteps. "
            f"Received: {name}={tau!r}"
        )
    return float(tau)
