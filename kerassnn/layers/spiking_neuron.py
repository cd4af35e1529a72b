from typing import Any

import keras
from keras import ops

from kerassnn.layers import checks
from kerassnn.layers.describing import base_config
from kerassnn.layers.describing import described
from kerassnn.ops.dynamics import Dynamics
from kerassnn.ops.lif import lif_sequence
from kerassnn.ops.lif import lif_step
from kerassnn.ops.lif import lif_steps
from kerassnn.ops.lif import unroll
from kerassnn.ops.surrogate import Surrogate
from kerassnn.ops.surrogate import get_surrogate


class SpikingNeuron(keras.layers.Layer):
    """Abstract neuron: currents (B, T, ...) to spikes (B, T, ...).

    `step` is what a neuron is, and `call` runs it over T. A subclass is final
    and defines one of the two: `dynamics`, its constants if it is a leaky
    integrator, which `step` then reads; or `step` itself. The state lives
    inside `call` only, so there is none to reset between batches.

    Args:
        v_threshold: Float > 0. Potential at which the neuron fires. Defaults
            to `1.0`.
        v_reset: Float below `v_threshold` (hard reset to it), or `None`
            (soft reset: the threshold is subtracted). Defaults to `0.0`.
        detach_reset: Bool. Whether the reset carries no gradient. Defaults
            to `False`.
        surrogate: `kerassnn.ops` surrogate or its name, such as `"atan"`.
            Defaults to `Triangle()`.
        strict: Bool. Whether the potential must exceed the threshold to
            fire; by default reaching it is enough.
        v_init: Float, potential before the first step. Defaults to `None`:
            `v_reset`, or 0 with a soft reset.
        fused: Bool. Whether a neuron of fixed constants runs as one op with
            a hand-written backward pass that stores only the input. Its
            values are those of `step`. Defaults to `True`.

    Input shape:  (B, T, ...), float currents (unit: threshold = 1).
    Output shape: (B, T, ...), spikes in {0, 1}, same dtype.

    Raises:
        ValueError: if an argument is out of its range, or T is not static.

    Example:
        >>> class Noleak(SpikingNeuron):
        ...     def step(self, v, current):
        ...         spikes = spike(v + current - 1.0, self.surrogate)
        ...         return spikes, v + current - spikes
    """

    def __init__(
        self,
        *,
        v_threshold: float = 1.0,
        v_reset: float | None = 0.0,
        detach_reset: bool = False,
        surrogate: Surrogate | str | None = None,
        strict: bool = False,
        v_init: float | None = None,
        fused: bool = True,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.v_threshold = checks.number("v_threshold", v_threshold, "(0, inf)")
        self.v_reset = _optional("v_reset", v_reset)
        self.v_init = _optional("v_init", v_init)
        if self.v_reset is not None and self.v_reset >= self.v_threshold:
            raise ValueError(
                "expected `v_reset` to be None or below `v_threshold`, "
                f"received: v_reset={v_reset}, v_threshold={v_threshold}"
            )
        self.detach_reset = checks.flag("detach_reset", detach_reset)
        self.surrogate = get_surrogate(surrogate)
        self.strict = checks.flag("strict", strict)
        self.fused = checks.flag("fused", fused)

    @property
    def dynamics(self) -> Dynamics:
        """The constants it runs with, a `kerassnn.ops.Dynamics`.

        Learned ones are tensors, with their present values.
        """
        raise NotImplementedError(
            f"{type(self).__name__} has no constants of a leaky integrator"
        )

    def step(self, v: Any, current: Any) -> tuple[Any, Any]:
        """One timestep.

        Args:
            v: Tensor (B, ...), potential after the last reset; what
                `initial_state` gives before the first step.
            current: Tensor (B, ...), float32 at least.

        Returns:
            Tuple (spikes, v), both (B, ...).
        """
        return lif_step(v, current, self.dynamics)

    def initial_state(self, current: Any) -> Any:
        """What `step` takes as `v` at the first step.

        Args:
            current: Tensor (B, ...), the currents of a step.

        Returns:
            Tensor (B, ...); a neuron of its own `step` may keep any
            structure of tensors.
        """
        rest = 0.0 if self.v_reset is None else self.v_reset
        return ops.full_like(
            current, rest if self.v_init is None else self.v_init
        )

    def build(self, input_shape: tuple) -> None:
        checks.sequence(input_shape, type(self).__name__)

    def call(self, inputs: Any) -> Any:
        if self.steps_itself:
            wide = keras.backend.result_type(inputs.dtype, "float32")
            first = ops.cast(inputs[:, 0], wide)
            return unroll(self.step, inputs, self.initial_state(first))
        dynamics = self.dynamics
        if self.fused and dynamics.fixed:
            return lif_sequence(inputs, dynamics)
        return lif_steps(inputs, dynamics)

    @property
    def steps_itself(self) -> bool:
        """Whether a subclass's own `step` replaces that of a `Dynamics`."""
        return type(self).step is not SpikingNeuron.step

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        return tuple(input_shape)

    def compute_output_spec(self, inputs: Any) -> Any:
        checks.sequence(inputs.shape, type(self).__name__)
        return keras.KerasTensor(inputs.shape, dtype=self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        return {
            **base_config(self),
            "v_threshold": self.v_threshold,
            "v_reset": self.v_reset,
            "detach_reset": self.detach_reset,
            "surrogate": described(self.surrogate),
            "strict": self.strict,
            "v_init": self.v_init,
            "fused": self.fused,
        }

    def _dynamics(self, decay, gain=1.0, decay_reset=True):
        """`Dynamics` of this decay and gain, the rest from the arguments."""
        return Dynamics(
            decay=decay,
            gain=gain,
            v_threshold=self.v_threshold,
            v_reset=self.v_reset,
            detach_reset=self.detach_reset,
            decay_reset=decay_reset,
            strict=self.strict,
            surrogate=self.surrogate,
            v_init=self.v_init,
        )


def _optional(name, value):
    return None if value is None else checks.number(name, value)
