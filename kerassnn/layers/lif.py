from typing import Any
from typing import Self

import keras

from kerassnn.layers import checks
from kerassnn.layers.spiking_neuron import SpikingNeuron
from kerassnn.ops.dynamics import Dynamics
from kerassnn.ops.surrogate import ATan
from kerassnn.ops.surrogate import PiecewiseTanh
from kerassnn.ops.surrogate import Rectangle
from kerassnn.ops.surrogate import Sigmoid


@keras.saving.register_keras_serializable("kerassnn")
class LIF(SpikingNeuron):
    """Leaky integrate-and-fire neuron with a fixed time constant.

    With r = `v_reset` (0 for a soft reset), decay = 1 - 1/tau:
    h_t = r + decay (v_{t-1} - r) + gain x_t; s_t = [h_t >= v_threshold];
    then a hard reset v_t = (1 - s_t) h_t + s_t v_reset, or a soft one
    v_t = h_t - s_t v_threshold. The gain is 1 unless `decay_input` asks for
    1/tau: libraries differ here, and their time constants do not carry over.

    Args:
        tau: Float > 1. Membrane time constant, in timesteps. Defaults to
            `2.0` (decay 0.5).
        decay_input: Bool. Whether the input is scaled by 1/tau. Defaults to
            `False`.
        decay_reset: Bool. Whether the threshold that a soft reset subtracts
            leaks with the potential. `False` is snnTorch's form. Defaults to
            `True`.
        **kwargs: Those of every `SpikingNeuron` (threshold, reset, surrogate,
            `v_init`, ...) and of a Keras layer.

    Input shape:  (B, T, ...), float currents (unit: threshold = 1).
    Output shape: (B, T, ...), spikes in {0, 1}, same dtype.

    Raises:
        ValueError: if an argument is out of its range, or T is not static.

    Differs from the paper: none; `sastc`, `rate_based`, `twkd`, `fsta`,
        `snntorch` and `tssd` give the neurons of those code bases (that of
        TSSD, whose detached reset is our assumption).

    Reference: Deng et al., Temporal Efficient Training, ICLR 2022,
        arXiv 2202.11946.

    Example:
        >>> spikes = LIF(tau=2.0)(keras.ops.ones((1, 4, 3)))
        >>> spikes.shape[1]
        4
    """

    def __init__(
        self,
        tau: float = 2.0,
        *,
        decay_input: bool = False,
        decay_reset: bool = True,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.tau = checks.number("tau", tau, "(1, inf)")
        self.decay_input = checks.flag("decay_input", decay_input)
        self.decay_reset = checks.flag("decay_reset", decay_reset)

    @classmethod
    def sastc(cls, **kwargs: Any) -> Self:
        """SASTC's and TET's: hard reset in the graph, triangle, h > 1."""
        return cls(strict=True, **kwargs)

    @classmethod
    def rate_based(cls, **kwargs: Any) -> Self:
        """Rate-based backpropagation's: decay 0.2, soft detached reset."""
        soft = {"v_reset": None, "detach_reset": True}
        return cls(tau=1.25, surrogate=Sigmoid(4.0), **soft, **kwargs)

    @classmethod
    def twkd(cls, **kwargs: Any) -> Self:
        """Temporal decoupling's: hard reset in the graph, sigmoid."""
        return cls(surrogate=Sigmoid(4.0), **kwargs)

    @classmethod
    def fsta(cls, **kwargs: Any) -> Self:
        """FSTA-SNN's: decay 0.25, threshold 0.5, clamped tanh, h > 0.5."""
        shape = {"tau": 4 / 3, "v_threshold": 0.5, "strict": True}
        return cls(surrogate=PiecewiseTanh(1.0), **shape, **kwargs)

    @classmethod
    def snntorch(cls, **kwargs: Any) -> Self:
        """snnTorch's Leaky: subtracted, undecayed, detached reset; atan."""
        reset = {"v_reset": None, "detach_reset": True, "decay_reset": False}
        return cls(surrogate=ATan(2.0), strict=True, **reset, **kwargs)

    @classmethod
    def tssd(cls, **kwargs: Any) -> Self:
        """TSSD's: soft reset, rectangle of width 1."""
        soft = {"v_reset": None, "detach_reset": True}
        return cls(surrogate=Rectangle(1.0), **soft, **kwargs)

    @property
    def dynamics(self) -> Dynamics:
        gain = 1.0 / self.tau if self.decay_input else 1.0
        return self._dynamics(1.0 - 1.0 / self.tau, gain, self.decay_reset)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "tau": self.tau,
            "decay_input": self.decay_input,
            "decay_reset": self.decay_reset,
        }
