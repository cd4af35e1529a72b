from dataclasses import replace
from typing import Any

import keras
from keras import ops

from kerassnn.layers import checks
from kerassnn.layers.spiking_neuron import SpikingNeuron
from kerassnn.ops.lif import lif_charge
from kerassnn.ops.lif import spike
from kerassnn.ops.lif import unroll


@keras.saving.register_keras_serializable("kerassnn")
class FixedPointNeuron(keras.layers.Wrapper):
    """A neuron whose potential is a whole number of `bits` bits.

    Its unit is q = reach v_threshold / 2^(bits - 1). Currents are rounded to
    it, the potential is rounded down after each charge, as a shift does, and
    saturates at both ends.

    Args:
        layer: `SpikingNeuron` that is given by its `dynamics`.
        bits: Int >= 2, the sign counted.
        reach: Float > 1, the largest potential, in thresholds.

    Input shape:  (B, T, ...), currents.
    Output shape: (B, T, ...), spikes in {0, 1}.

    Raises:
        ValueError: if an argument is not as above.
    """

    def __init__(
        self,
        layer: SpikingNeuron,
        bits: int = 16,
        reach: float = 16.0,
        **kwargs: Any,
    ):
        kwargs.setdefault("name", getattr(layer, "name", None))
        super().__init__(layer, **kwargs)
        if not isinstance(self.layer, SpikingNeuron) or self.layer.steps_itself:
            raise ValueError(
                "expected a neuron that is given by its `dynamics`, received: "
                f"layer={layer!r}"
            )
        self.bits = checks.integer("bits", bits, 2)
        self.reach = checks.number("reach", reach, "(1, inf)")

    def call(self, inputs: Any) -> Any:
        wide = ops.cast(inputs, "float32")
        start = ops.full_like(wide[:, 0], self.layer.dynamics.start)
        found = unroll(self.step, wide, self._down(start))
        return ops.cast(found, inputs.dtype)

    def step(self, v: Any, current: Any) -> tuple[Any, Any]:
        """One timestep, as `SpikingNeuron.step`."""
        d = self.layer.dynamics
        driven = ops.round(d.gain * current / self.unit) * self.unit
        h = self._down(lif_charge(v, driven, replace(d, gain=1.0)))
        s = spike(h - d.v_threshold, d.surrogate, d.strict)
        if d.v_reset is not None:
            return s, ops.where(s > 0, self._down(0.0 * h + d.v_reset), h)
        return s, self._down(h - s * d.drop)

    @property
    def unit(self) -> float:
        """What the potential is a multiple of."""
        return self.reach * self.layer.v_threshold / 2 ** (self.bits - 1)

    def _down(self, v):
        most = 2.0 ** (self.bits - 1)
        return ops.clip(ops.floor(v / self.unit), -most, most - 1) * self.unit

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "bits": self.bits, "reach": self.reach}
