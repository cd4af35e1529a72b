"""Leaky integrate-and-fire over a whole sequence, as pure functions.

With r = v_reset (0 for a soft reset) and v_0 = v_init (r if there is none),
for t = 1..T:

    charge  h_t = r + decay (v_{t-1} - r) + gain x_t
    fire    s_t = [h_t >= v_threshold]            (strict: >)
    reset   v_t = (1 - s_t) h_t + s_t v_reset     (hard)
            v_t = h_t - s_t a                     (soft, v_reset None)

a is v_threshold, or v_threshold / decay where the subtracted amount does not
leak (`decay_reset=False`). The backward pass takes ds/dh from the surrogate;
`detach_reset` treats s_t as a constant in the reset.
"""

import functools
from collections.abc import Callable
from typing import Any

from keras import ops

from kerassnn.ops.dynamics import Dynamics
from kerassnn.ops.native_steps import loop
from kerassnn.ops.native_steps import over_steps
from kerassnn.ops.native_steps import plain
from kerassnn.ops.native_steps import wide
from kerassnn.ops.surrogate import Surrogate


def lif_sequence(x: Any, dynamics: Dynamics) -> Any:
    """Spikes of a LIF neuron; backward written by hand.

    Only `x` is kept for the backward pass, which recomputes the potentials
    and then runs the recursion of backpropagation through time on them.
    Potentials are float32 where `x` is of half that precision.

    Args:
        x: Tensor (B, T, ...), input currents, T static.
        dynamics: `Dynamics`, all of it numbers.

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


def lif_steps(x: Any, dynamics: Dynamics) -> Any:
    """The same as `lif_sequence`, its backward left to the backend.

    For neurons whose constants are learned; the twin the fused op is tested
    against. Potentials are float32 where `x` is of half that precision.

    Args:
        x: Tensor (B, T, ...), input currents, T static.
        dynamics: `Dynamics`.

    Returns:
        Tensor (B, T, ...), spikes in {0, 1}, dtype of `x`.
    """
    dynamics = dynamics.cast(wide(x))
    step = functools.partial(lif_step, dynamics=dynamics)
    return unroll(step, x, dynamics.start)


def unroll(step: Callable, x: Any, state: Any) -> Any:
    """Spikes of any neuron that is given by its step.

    Args:
        step: Function of a state and of currents (B, ...), float32 at least,
            to spikes (B, ...) and the next state.
        x: Tensor (B, T, ...), input currents, T static.
        state: Tensor or float, or a structure of them, before the first step.

    Returns:
        Tensor (B, T, ...), dtype of `x`.
    """

    def advance(state, inputs):
        spikes, state = step(state, *inputs)
        return state, (spikes,)

    def run(currents):
        _, (spikes,) = loop(advance, state, (currents,))
        return spikes

    return plain(run)(x)


def lif_step(v: Any, current: Any, dynamics: Dynamics) -> tuple[Any, Any]:
    """One step of `lif_steps`, in the precision of its arguments.

    Args:
        v: Tensor (B, ...) or float, potential after the last reset.
        current: Tensor (B, ...).
        dynamics: `Dynamics`.

    Returns:
        Tuple (spikes, potential after the reset), both (B, ...).
    """
    d = dynamics.cast(current.dtype)
    h = lif_charge(v, current, d)
    s = spike(h - d.v_threshold, d.surrogate, d.strict)
    fired = ops.stop_gradient(s) if d.detach_reset else s
    if d.v_reset is not None:
        return s, (1.0 - fired) * h + fired * d.v_reset
    leak = 1.0 if d.decay_reset else 1.0 / d.decay
    return s, h - fired * (d.v_threshold * leak)


def lif_charge(v: Any, current: Any, dynamics: Dynamics) -> Any:
    """The potential before the reset, (B, ...), of which a step fires."""
    d = dynamics
    return d.rest + d.decay * (v - d.rest) + d.gain * current


def spike(v: Any, surrogate: Surrogate, strict: bool = False) -> Any:
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

        return ops.cast(_exceeds(v, strict), v.dtype), grad

    return ops.custom_gradient(forward)(v)


def _exceeds(v, strict):
    return v > 0 if strict else v >= 0


@functools.cache  # each of the two is compiled once, not in every layer
def _passes(dynamics):
    """The forward and the backward pass, functions of x and of (x, dL/ds)."""
    return (
        over_steps(functools.partial(_fire, d=dynamics)),
        over_steps(functools.partial(_backward, d=dynamics)),
    )


def _fire(currents, d):
    def step(v, inputs):
        fired, h, v = _advance(v, *inputs, d)
        return v, (ops.cast(fired, h.dtype),)

    _, (spikes,) = loop(step, d.start, (currents,))
    return spikes


def _backward(currents, upstream, d):
    """dL/dx from the currents x and dL/ds, all of them sequences."""

    def forward(v, inputs):
        fired, h, v = _advance(v, *inputs, d)
        return v, (fired, h)

    _, (spikes, potentials) = loop(forward, d.start, (currents,))
    back = functools.partial(_retreat, d=d)
    _, (grads,) = loop(back, 0.0, (spikes, potentials, upstream), reverse=True)
    return grads


def _advance(v, current, d):
    """Where it fires, and the potentials before and after the reset."""
    driven = current if d.gain == 1.0 else d.gain * current
    if isinstance(v, float):
        kept = d.rest + d.decay * (v - d.rest)
        h = driven if kept == 0.0 else driven + kept
    elif d.rest == 0.0:
        h = d.decay * v + driven
    else:
        h = d.rest + d.decay * (v - d.rest) + driven
    fired = _exceeds(h - d.v_threshold, d.strict)
    after = h - d.drop if d.v_reset is None else d.v_reset
    return fired, h, ops.where(fired, after, h)


def _retreat(carry, inputs, d):
    """dL/dv_{t-1} and dL/dx_t from dL/dv_t, 0.0 behind the last step."""
    fired, h, grad_s = inputs
    last = isinstance(carry, float)
    if not last and not d.detach_reset:
        slope = -d.drop if d.v_reset is None else d.v_reset - h
        grad_s = grad_s + carry * slope
    grad_h = grad_s * d.surrogate.derivative(h - d.v_threshold)
    if not last:
        if d.v_reset is not None:
            carry = ops.where(fired, 0.0, carry)
        grad_h = grad_h + carry
    grad = grad_h if d.gain == 1.0 else d.gain * grad_h
    return d.decay * grad_h, (grad,)
