"""Integrate-and-fire neurons over (B, T, ...) and their hand-derived BPTT.

With r the reset potential (0 for a soft reset), d the decay, c the gain:

    h_t = r + d (v_{t-1} - r) + c x_t            v_0 = start, r by default
    s_t = [h_t >= threshold]
    v_t = h_t - s_t (h_t - r)                    hard reset
    v_t = h_t - s_t threshold                    soft reset
    v_t = h_t - s_t threshold / d                soft, threshold unleaked

Backward, with D = surrogate'(h - threshold), G_t = dL/ds_t and
A_t = dL/dh_t, M_t = dL/dv_t = d A_{t+1}:

    A_t = G_t D_t + M_t (dv/dh + dv/ds D_t)      dv/ds = 0 when detached
    dL/dx_t = c A_t,  dL/dd = sum A_t (v_{t-1} - r),  dL/dc = sum A_t x_t
"""

from dataclasses import dataclass

import numpy as np

from tests.reference.complex_step import stop
from tests.reference.complex_step import with_tangent
from tests.reference.surrogates import Surrogate
from tests.reference.surrogates import triangle


@dataclass(frozen=True)
class Neuron:
    tau: float = 2.0  # np.inf never leaks
    v_threshold: float = 1.0
    v_reset: float | None = 0.0  # None subtracts the threshold
    detach_reset: bool = False
    surrogate: Surrogate = triangle()
    decay_input: bool = False
    decay_reset: bool = True
    strict: bool = False
    v_init: float | None = None  # None starts at rest

    @property
    def decay(self):
        return 1 - 1 / self.tau

    @property
    def gain(self):
        return 1 / self.tau if self.decay_input else 1.0

    @property
    def rest(self):
        return 0.0 if self.v_reset is None else self.v_reset

    @property
    def start(self):
        return self.rest if self.v_init is None else self.v_init


def fire(h, neuron):
    """Spikes with the surrogate as tangent."""
    v = h - neuron.v_threshold
    above = v.real > 0 if neuron.strict else v.real >= 0
    slope = neuron.surrogate.derivative(v.real)
    return with_tangent(above.astype(v.real.dtype), slope, v)


def smooth_fire(h, neuron):
    """The surrogate's primitive in place of the step, for self-tests."""
    return neuron.surrogate.primitive(h - neuron.v_threshold)


def forward(x, neuron, decay=None, gain=None, fire=fire, frozen=None):
    """Spikes, potentials before and after reset: three (B, T, ...) arrays.

    `frozen` replaces the spikes in the reset line only.
    """
    real = np.real(x).dtype.type
    decay = real(neuron.decay) if decay is None else decay
    gain = real(neuron.gain) if gain is None else gain
    rest, threshold = real(neuron.rest), real(neuron.v_threshold)
    v = np.full_like(x[:, 0], neuron.start)
    spikes, before, after = [], [], []
    for t in range(x.shape[1]):
        h = rest + decay * (v - rest) + gain * x[:, t]
        s = fire(h, neuron)
        cut = s if frozen is None else frozen[:, t]
        if neuron.detach_reset:
            cut = stop(cut)
        if neuron.v_reset is not None:
            v = h - cut * (h - rest)
        elif neuron.decay_reset:
            v = h - cut * threshold
        else:
            v = h - cut * threshold / decay
        spikes.append(s)
        before.append(h)
        after.append(v)
    return tuple(np.stack(each, 1) for each in (spikes, before, after))


def backward(x, upstream, neuron, decay=None, gain=None, fire=fire):
    """dL/dx, dL/d decay and dL/d gain, given dL/d spikes."""
    decay = neuron.decay if decay is None else decay
    gain = neuron.gain if gain is None else gain
    rest, threshold = neuron.rest, neuron.v_threshold
    s, h, v = forward(x, neuron, decay, gain, fire)
    slope = neuron.surrogate.derivative(h - threshold)
    hard, attached = neuron.v_reset is not None, not neuron.detach_reset
    unleaked = not hard and not neuron.decay_reset
    removed = h - rest if hard else threshold / (decay if unleaked else 1)
    carry = (1 - s if hard else 1.0) - attached * removed * slope
    grad_x, grad_decay, grad_gain = np.zeros_like(x), 0.0, 0.0
    grad_v = np.zeros_like(x[:, 0])
    for t in reversed(range(x.shape[1])):
        if unleaked:
            grad_decay += np.sum(grad_v * s[:, t]) * threshold / decay**2
        grad_h = upstream[:, t] * slope[:, t] + grad_v * carry[:, t]
        before = v[:, t - 1] if t else np.full_like(grad_h, neuron.start)
        grad_decay += np.sum(grad_h * (before - rest))
        grad_gain += np.sum(grad_h * x[:, t])
        grad_x[:, t] = gain * grad_h
        grad_v = decay * grad_h
    return grad_x, grad_decay, grad_gain


def leak(weight):
    """ParametricLIF: 1/tau = sigmoid(weight)."""
    return 1 / (1 + np.exp(-weight))


def parametric_forward(x, weight, neuron):
    rate = leak(weight)
    return forward(x, neuron, 1 - rate, rate if neuron.decay_input else 1.0)


def parametric_backward(x, weight, upstream, neuron):
    """dL/dx and dL/d weight."""
    rate = leak(weight)
    gain = rate if neuron.decay_input else 1.0
    grad_x, grad_decay, grad_gain = backward(
        x, upstream, neuron, 1 - rate, gain
    )
    grad_rate = -grad_decay + (grad_gain if neuron.decay_input else 0.0)
    return grad_x, grad_rate * rate * (1 - rate)


def clear_of_threshold(rng, shape, neurons, margin=1e-4):
    """Currents whose potential stays off every neuron's threshold.

    Float32 rounding then flips no spike. Neurons are independent, so whole
    trajectories that come too near are drawn again.
    """
    x = rng.normal(0.6, 0.9, shape).astype("float32").astype("float64")
    while True:
        near = np.zeros((shape[0], *shape[2:]), bool)
        for neuron in neurons:
            _, h, _ = forward(x, neuron)
            v = h - neuron.v_threshold
            for kink in (0.0, -0.5, 0.5, -1.0, 1.0):
                near |= np.any(np.abs(v - kink) < margin, axis=1)
        if not near.any():
            return x
        fresh = rng.normal(0.6, 0.9, shape).astype("float32")
        x = np.where(np.expand_dims(near, 1), fresh.astype("float64"), x)
