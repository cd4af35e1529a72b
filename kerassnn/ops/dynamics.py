from dataclasses import dataclass
from dataclasses import replace
from typing import Any

from keras import ops

from kerassnn.ops.surrogate import Surrogate


@dataclass(frozen=True)
class Dynamics:
    """The constants of a LIF neuron.

    Attributes:
        decay: Float in (0, 1], factor of the potential from step to step; of
            a neuron that learns it a tensor broadcastable to (B, ...).
        gain: Float or tensor likewise, factor of the input current.
        v_threshold: Float, potential at which the neuron fires.
        v_reset: Float (hard reset to it) or None (soft reset).
        detach_reset: Whether the spike in the reset carries no gradient.
        decay_reset: Whether a soft reset's subtracted threshold leaks.
        strict: Whether h must exceed the threshold (`>`), not reach it.
        surrogate: A `Surrogate`.
        v_init: Float, potential before the first step, or None (rest).
    """

    decay: Any
    gain: Any
    v_threshold: float
    v_reset: float | None
    detach_reset: bool
    decay_reset: bool
    strict: bool
    surrogate: Surrogate
    v_init: float | None = None

    @property
    def rest(self) -> float:
        """The potential that an undriven neuron decays to."""
        return 0.0 if self.v_reset is None else self.v_reset

    @property
    def start(self) -> float:
        """The potential before the first step."""
        return self.rest if self.v_init is None else self.v_init

    @property
    def drop(self) -> Any:
        """What a soft reset subtracts."""
        return self.v_threshold / (1.0 if self.decay_reset else self.decay)

    @property
    def fixed(self) -> bool:
        """Whether all constants are numbers, none a tensor."""
        return isinstance(self.decay, float) and isinstance(self.gain, float)

    def cast(self, dtype: str) -> "Dynamics":
        """The same constants, tensors among them in `dtype`."""
        if self.fixed:
            return self
        learned = {
            name: value if isinstance(value, float) else ops.cast(value, dtype)
            for name, value in (("decay", self.decay), ("gain", self.gain))
        }
        return replace(self, **learned)
