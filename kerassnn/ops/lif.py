"""Leaky integrate-and-fire over a whole sequence, as pure functions.

With r = v_reset (0 for a soft reset) and v_0 = r, for t = 1..T:

    charge  h_t = r + decay (v_{t-1} - r) + gain x_t
    fire    s_t = [h_t >= v_threshold]            (strict: >)
    reset   v_t = (1 - s_t) h_t + s_t v_reset     (hard)
            v_t = h_t - s_t a                     (soft, v_reset None)

a is v_threshold, or v_threshold / decay where the subtracted amount does not
leak (`decay_reset=False`). The backward pass takes ds/dh from the surrogate;
`detach_reset` treats s_t as a constant in the reset.
"""

import functools
from dataclasses import dataclass

import keras
from keras import ops

from kerassnn.ops.native import over_steps
from kerassnn.ops.surrogate import Surrogate


@dataclass(frozen=True)
class Dynamics:
    """The constants of a LIF neuron.

    Attributes:
        decay: Float in (0, 1], factor of the potential from step to step.
        gain: Float, factor of the input current.
        v_threshold: Float, potential at which the neuron fires.
        v_reset: Float (hard reset to it) or None (soft reset).
        detach_reset: Whether the spike in the reset carries no gradient.
        decay_reset: Whether a soft reset's subtracted threshold leaks.
        strict: Whether h must exceed the threshold (`>`), not reach it.
        surrogate: A `Surrogate`.
    """

    decay: float
    gain: float
    v_threshold: float
    v_reset: float | None
    detach_reset: bool
    decay_reset: bool
    strict: bool
    surrogate: Surrogate

    @property
    def rest(self):
        return 0.0 if self.v_reset is None else self.v_reset

    @property
    def drop(self):
        """What a soft reset subtracts."""
        return self.v_threshold / (1.0 if self.decay_reset else self.decay)


def lif_sequence(x, dynamics):
    """Spikes of a LIF neuron; backward written by hand.

    Only `x` is kept for the backward pass, which recomputes the potentials
    and then runs the recursion of backpropagation through time on them.
    Potentials are float32 where `x` is of half that precision.

    Args:
        x: Tensor (B, T, ...), input currents, T static.
        dynamics: `Dynamics`.

    Returns:
        Tensor (B, T, ...), spikes in {0, 1}, dtype of `x`.
    """

    fire, backward = _passes(dynamics)

    def forward(x):
        # torch passes the saved tensors first and the gradient by keyword,
        # TensorFlow and JAX pass the gradient alone.
        def grad(*args, upstream=None):
            g = args[0] if upstream is None else upstream
            return backward(x, g)

        return fire(x), grad

    return ops.custom_gradient(forward)(x)


def lif_steps(x, dynamics, decay=None, gain=None):
    """The same as `lif_sequence`, its backward left to the backend.

    For neurons whose constants are learned; the twin the fused op is tested
    against. Potentials are float32 where `x` is of half that precision.

    Args:
        x: Tensor (B, T, ...), input currents, T static.
        dynamics: `Dynamics`.
        decay: Tensor broadcastable to (B, ...) in place of `dynamics.decay`.
        gain: Likewise, in place of `dynamics.gain`.

    Returns:
        Tensor (B, T, ...), spikes in {0, 1}, dtype of `x`.
    """
    wide = keras.backend.result_type(x.dtype, "float32")
    v, spikes = dynamics.rest, []
    for current in ops.unstack(ops.cast(x, wide), axis=1):
        s, v = lif_step(v, current, dynamics, decay, gain)
        spikes.append(s)
    return ops.cast(ops.stack(spikes, axis=1), x.dtype)


def lif_step(v, current, dynamics, decay=None, gain=None):
    """One step of `lif_steps`, in the precision of its arguments.

    Args:
        v: Tensor (B, ...) or float, potential after the last reset.
        current: Tensor (B, ...).
        dynamics: `Dynamics`.
        decay: Tensor broadcastable to `v` in place of `dynamics.decay`.
        gain: Likewise, in place of `dynamics.gain`.

    Returns:
        Tuple (spikes, potential after the reset), both (B, ...).
    """
    decay = dynamics.decay if decay is None else decay
    gain = dynamics.gain if gain is None else gain
    rest = dynamics.rest
    h = rest + decay * (v - rest) + gain * current
    s = spike(h - dynamics.v_threshold, dynamics.surrogate, dynamics.strict)
    fired = ops.stop_gradient(s) if dynamics.detach_reset else s
    if dynamics.v_reset is not None:
        return s, (1.0 - fired) * h + fired * dynamics.v_reset
    leak = 1.0 if dynamics.decay_reset else 1.0 / decay
    return s, h - fired * (dynamics.v_threshold * leak)


def spike(v, surrogate, strict=False):
    """Heaviside step of `v` with the surrogate's derivative.

    Args:
        v: Tensor, potential above the threshold.
        surrogate: `Surrogate`.
        strict: Whether v = 0 stays silent.

    Returns:
        Tensor in {0, 1}, shape and dtype of `v`.
    """

    def forward(v):
        def grad(*args, upstream=None):
            g = args[0] if upstream is None else upstream
            return g * surrogate.derivative(v)

        return _fire(v, strict), grad

    return ops.custom_gradient(forward)(v)


def _exceeds(v, strict):
    return v > 0 if strict else v >= 0


def _fire(v, strict):
    return ops.cast(_exceeds(v, strict), v.dtype)


@functools.cache  # each of the two is compiled once, not in every layer
def _passes(dynamics):
    """The forward and the backward pass, functions of x and of (x, dL/ds)."""

    def fire(currents):
        fired, potentials = _unroll(currents, dynamics)
        wide = potentials[0].dtype
        return [ops.cast(f, wide) for f in fired]

    def backward(currents, upstream):
        return _backward(currents, upstream, dynamics)

    return over_steps(fire), over_steps(backward)


def _unroll(currents, d):
    """Lists over T: where it fires, and the potentials before the reset."""
    spikes, potentials = [], []
    v = d.rest
    for current in currents:
        h = _charge(v, current, d)
        fired = _exceeds(h - d.v_threshold, d.strict)
        v = ops.where(fired, h - d.drop if d.v_reset is None else d.v_reset, h)
        spikes.append(fired)
        potentials.append(h)
    return spikes, potentials


def _charge(v, current, d):
    driven = current if d.gain == 1.0 else d.gain * current
    if isinstance(v, float):
        return driven if v == 0.0 else driven + v
    if d.rest == 0.0:
        return d.decay * v + driven
    return d.rest + d.decay * (v - d.rest) + driven


def _backward(currents, upstream, d):
    """dL/dx from the currents x and dL/ds, all of them lists over T."""
    spikes, potentials = _unroll(currents, d)
    grads = [None] * len(spikes)
    carry = None  # dL/dv_t
    for t in reversed(range(len(spikes))):
        fired, h = spikes[t], potentials[t]
        grad_s = upstream[t]
        if carry is not None and not d.detach_reset:
            slope = -d.drop if d.v_reset is None else d.v_reset - h
            grad_s = grad_s + carry * slope
        grad_h = grad_s * d.surrogate.derivative(h - d.v_threshold)
        if carry is not None:
            if d.v_reset is not None:
                carry = ops.where(fired, 0.0, carry)
            grad_h = grad_h + carry
        grads[t] = grad_h if d.gain == 1.0 else d.gain * grad_h
        carry = d.decay * grad_h
    return grads


def check_sequence(shape, name):
    """Raises ValueError unless `shape` is (B, T, ...) with T static."""
    if len(shape) < 2 or shape[1] is None:
        raise ValueError(
            f"{name} expects an input of shape (B, T, ...) with a static "
            f"number of timesteps T. Received: input_shape={tuple(shape)}"
        )


def check_own_steps(layer, input_shape, timesteps):
    """Raises ValueError unless the input has the T of a layer's weights."""
    if input_shape[1] != timesteps:
        raise ValueError(
            f"layer {layer.name!r} has weights for each of {timesteps} "
            "timesteps and runs at no other number of them. Received: "
            f"input_shape={tuple(input_shape)}"
        )
