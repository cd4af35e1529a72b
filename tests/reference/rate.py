"""Rate-based backpropagation, methods.md 5.3, on conv-BN-LIF blocks.

Pass 1 runs spikes over T and keeps, of each neuron, the rate and the
eligibility e, and of each norm, its statistics. Pass 2 runs rates once and
is differentiated by hand: norms correct the stored statistics by the
gradient of their own, neurons have the value of the rate and the slope e.
"""

from typing import NamedTuple

import numpy as np

from tests.reference.features import conv
from tests.reference.losses import softmax
from tests.reference.neurons import forward


class Block(NamedTuple):
    """conv (odd kernel, no bias), norm, neuron."""

    kernel: np.ndarray
    gamma: np.ndarray
    beta: np.ndarray


class Trace(NamedTuple):
    """What pass 1 keeps of a block."""

    spikes: np.ndarray
    mean: np.ndarray
    variance: np.ndarray
    rate: np.ndarray
    eligibility: np.ndarray


def eligibility(currents, neuron):
    """d rate / d constant current, by the papers' running recursion."""
    spikes, u, _ = forward(currents, neuron)
    slope = neuron.surrogate.derivative(u - neuron.v_threshold)
    attached, decay = not neuron.detach_reset, neuron.decay
    e, g = np.zeros_like(u[:, 0]), np.ones_like(u[:, 0])
    for t in range(u.shape[1]):
        s, d = spikes[:, t], slope[:, t]
        e = (t * e + g * d) / (t + 1)
        if neuron.v_reset is None:
            kept = 1 - attached * neuron.v_threshold * d
        else:
            kept = 1 - s - attached * (u[:, t] - neuron.rest) * d
        g = 1 + decay * g * kept
    return e


def spike_pass(frames, blocks, neuron, epsilon):
    """Pass 1 over frames (B, T, H, W, C): one `Trace` a block."""
    x, traces = frames, []
    for block in blocks:
        batch, steps = x.shape[:2]
        current = conv(x.reshape(-1, *x.shape[2:]), block.kernel)
        mean = current.mean((0, 1, 2))
        variance = ((current - mean) ** 2).mean((0, 1, 2))
        current = (current - mean) / np.sqrt(variance + epsilon)
        current = block.gamma * current + block.beta
        current = current.reshape(batch, steps, *current.shape[1:])
        x, _, _ = forward(current, neuron)
        e = eligibility(current, neuron)
        traces.append(Trace(x, mean, variance, x.mean(1), e))
    return traces


def rate_pass(frames, blocks, head, y, traces, epsilon):
    """Pass 2: loss, logits, and gradients of blocks and head."""
    steps = frames.shape[1]
    x, tape = frames.mean(1), []
    for block, trace in zip(blocks, traces, strict=True):
        current = conv(x, block.kernel)
        tape.append((x, current - trace.mean))
        x = trace.rate
    weight, bias = head
    pooled = x.mean((1, 2))
    logits = pooled @ weight + bias
    p = softmax(logits)
    rows = np.arange(len(y))
    loss = -np.mean(np.log(p[rows, y]))
    grad = p.copy()
    grad[rows, y] -= 1
    grad /= len(y) * steps  # the loss keeps its value, not its gradient
    grad_head = (pooled.T @ grad, grad.sum(0))
    area = x.shape[1] * x.shape[2]
    grad_x = np.ones(x.shape) * (grad @ weight.T)[:, None, None] / area
    grads = []
    for block, trace, (x, centred) in reversed(
        list(zip(blocks, traces, tape, strict=True))
    ):
        grad_y = grad_x * trace.eligibility
        grad_c, gamma, beta = norm_backward(
            grad_y, centred, trace.variance, block.gamma, epsilon
        )
        grad_x, kernel = conv_backward(grad_c, x, block.kernel)
        grads.append(Block(kernel, gamma, beta))
    return loss, logits, grads[::-1], grad_head


def norm_backward(grad, centred, variance, gamma, epsilon):
    """Through gamma (x - mu) / sqrt(var + epsilon) + beta.

    mu and var have stored values and the gradients of the mean of x and of
    the mean of (x - mu)^2.
    """
    axes = (0, 1, 2)
    count = centred[..., 0].size
    scale = 1 / np.sqrt(variance + epsilon)
    grad_gamma = np.sum(grad * centred * scale, axes)
    direct = grad * gamma * scale
    grad_var = -0.5 * scale**3 * np.sum(grad * gamma * centred, axes)
    grad_var = grad_var * (variance > 0)
    grad_mean = -direct.sum(axes) - 2 * grad_var * centred.mean(axes)
    grad_x = direct + (2 * grad_var * centred + grad_mean) / count
    return grad_x, grad_gamma, grad.sum(axes)


def conv_backward(grad, x, kernel):
    """Gradients of the input and the kernel of a 'same' convolution."""
    rows, columns = kernel.shape[:2]
    flipped = kernel[::-1, ::-1].swapaxes(2, 3)
    pad = ((0, 0), (rows // 2,) * 2, (columns // 2,) * 2, (0, 0))
    padded = np.pad(x, pad)
    height, width = x.shape[1:3]
    grad_kernel = np.empty(kernel.shape)
    for i in range(rows):
        for j in range(columns):
            window = padded[:, i : i + height, j : j + width]
            grad_kernel[i, j] = np.einsum("bhwc,bhwd->cd", window, grad)
    return conv(grad, flipped), grad_kernel
