"""Rate-based backpropagation: the derivative of a firing rate, carried forward.

For a constant input current c, the chain dh_t/dc follows the potentials, and
the mean over time of dh_t/dc times the surrogate is the derivative of the
rate mean_t s_t with respect to c. It is gathered while the neuron runs, so
nothing needs to be kept for a backward pass through time.

Reference: Yu et al., Advancing Training Efficiency of Deep SNNs through
    Rate-based Backpropagation, NeurIPS 2024, arXiv 2410.11488.
"""

import functools
from typing import Any

from keras import ops

from kerassnn.ops.dynamics import Dynamics
from kerassnn.ops.native_steps import length
from kerassnn.ops.native_steps import loop
from kerassnn.ops.native_steps import over_steps
from kerassnn.ops.native_steps import plain
from kerassnn.ops.native_steps import wide


def lif_rate(x: Any, dynamics: Dynamics) -> Any:
    """Spikes of a LIF neuron, their rate and the derivative of it.

    Args:
        x: Tensor (B, T, ...), input currents, T static.
        dynamics: `kerassnn.ops.Dynamics`.

    Returns:
        Tuple of spikes (B, T, ...), rate (B, ...), mean_t s_t, and
        eligibility (B, ...), the rate's derivative by a current constant in
        time. None has a gradient.
    """
    x = ops.stop_gradient(x)
    if dynamics.fixed:
        found = _pass(dynamics)(x)
    else:
        d = dynamics.cast(wide(x))
        found = plain(functools.partial(_carried, d=d))(x)
    return tuple(map(ops.stop_gradient, found))


@functools.cache
def _pass(dynamics):
    return over_steps(functools.partial(_carried, d=dynamics))


def _carried(currents, d):
    """Spikes, their mean, and that of ds_t/dc, gathered in one loop."""
    steps = length(currents)

    def step(carry, inputs):
        v, slope, rate, eligibility = carry  # slope: dv_t/dc
        h = d.rest + d.decay * (v - d.rest) + d.gain * inputs[0]
        above = h - d.v_threshold
        s = ops.cast(above > 0 if d.strict else above >= 0, h.dtype)
        charge = d.gain + d.decay * slope
        fired = charge * d.surrogate.derivative(above)  # ds_t/dc
        if d.v_reset is None:
            v = h - s * d.drop
            slope = charge if d.detach_reset else charge - d.drop * fired
        else:
            v = h + s * (d.v_reset - h)
            slope = (1.0 - s) * charge
            if not d.detach_reset:
                slope = slope + (d.v_reset - h) * fired
        return (v, slope, rate + s, eligibility + fired / steps), (s,)

    start = d.start, 0.0, 0.0, 0.0
    (_, _, rate, eligibility), (spikes,) = loop(step, start, (currents,))
    return spikes, rate / steps, eligibility


def straight_rate(rate: Any, current: Any, eligibility: Any) -> Any:
    """`rate` whose derivative by `current` is `eligibility`.

    Args:
        rate: Tensor (B, ...), mean_t s_t.
        current: Tensor (B, ...), the current of the rate stream.
        eligibility: Tensor (B, ...).

    Returns:
        Tensor (B, ...), equal to `rate`.
    """
    linear = current * ops.stop_gradient(eligibility)
    return ops.stop_gradient(rate) + (linear - ops.stop_gradient(linear))


def scale_gradient(x: Any, scale: float) -> Any:
    """`x`, its gradient multiplied by `scale`."""
    if scale == 1.0:
        return x
    scaled = x * scale
    return scaled + ops.stop_gradient(x - scaled)
