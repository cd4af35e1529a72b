import keras

from kerassnn.layers.spiking_neuron import SpikingNeuron
from kerassnn.layers.spiking_neuron import check_tau
from kerassnn.ops.lif import Dynamics
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
        v_threshold: Float > 0. Defaults to `1.0`.
        v_reset: Float (hard reset) or `None` (soft). Defaults to `0.0`.
        detach_reset: Bool. Whether the reset carries no gradient. Defaults
            to `False`.
        surrogate: `kerassnn.ops` surrogate. Defaults to `Triangle()`.
        decay_input: Bool. Whether the input is scaled by 1/tau. Defaults to
            `False`.
        decay_reset: Bool. Whether the threshold that a soft reset subtracts
            leaks with the potential. `False` is snnTorch's form. Defaults to
            `True`.
        strict: Bool. Fire at h > threshold, not >=. Defaults to `False`.
        fused: Bool. One op with a hand-written backward pass, or the plain
            loop. Defaults to `True`.

    Input shape:  (B, T, ...), float currents (unit: threshold = 1).
    Output shape: (B, T, ...), spikes in {0, 1}, same dtype.

    Raises:
        ValueError: if an argument is out of its range, or T is not static.

    Differs from the paper: none; `sastc`, `rate`, `twkd`, `fsta`,
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
        tau=2.0,
        v_threshold=1.0,
        v_reset=0.0,
        detach_reset=False,
        surrogate=None,
        decay_input=False,
        decay_reset=True,
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
        self.tau = check_tau("tau", tau)
        self.decay_input = bool(decay_input)
        self.decay_reset = bool(decay_reset)

    @classmethod
    def sastc(cls, **kwargs):
        """SASTC's and TET's: hard reset in the graph, triangle, h > 1."""
        return cls(strict=True, **kwargs)

    @classmethod
    def rate(cls, **kwargs):
        """Rate-based backpropagation's: decay 0.2, soft detached reset."""
        soft = {"v_reset": None, "detach_reset": True}
        return cls(tau=1.25, surrogate=Sigmoid(4.0), **soft, **kwargs)

    @classmethod
    def twkd(cls, **kwargs):
        """Temporal decoupling's: hard reset in the graph, sigmoid."""
        return cls(surrogate=Sigmoid(4.0), **kwargs)

    @classmethod
    def fsta(cls, **kwargs):
        """FSTA-SNN's: decay 0.25, threshold 0.5, clamped tanh, h > 0.5."""
        shape = {"tau": 4 / 3, "v_threshold": 0.5, "strict": True}
        return cls(surrogate=PiecewiseTanh(1.0), **shape, **kwargs)

    @classmethod
    def snntorch(cls, **kwargs):
        """snnTorch's Leaky: subtracted, undecayed, detached reset; atan."""
        reset = {"v_reset": None, "detach_reset": True, "decay_reset": False}
        return cls(surrogate=ATan(2.0), strict=True, **reset, **kwargs)

    @classmethod
    def tssd(cls, **kwargs):
        """TSSD's: soft reset, rectangle of width 1."""
        soft = {"v_reset": None, "detach_reset": True}
        return cls(surrogate=Rectangle(1.0), **soft, **kwargs)

    @property
    def dynamics(self):
        return Dynamics(
            decay=1.0 - 1.0 / self.tau,
            gain=1.0 / self.tau if self.decay_input else 1.0,
            v_threshold=self.v_threshold,
            v_reset=self.v_reset,
            detach_reset=self.detach_reset,
            decay_reset=self.decay_reset,
            strict=self.strict,
            surrogate=self.surrogate,
        )

    def get_config(self):
        return {
            **super().get_config(),
            "tau": self.tau,
            "decay_input": self.decay_input,
            "decay_reset": self.decay_reset,
        }
