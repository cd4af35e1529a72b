"""The clip-floor-shift activation and its gradients, element by element."""

import math

import numpy as np


def forward(x, threshold, levels):
    return np.vectorize(lambda x: _value(x, threshold, levels))(x)


def backward(x, upstream, threshold, levels):
    """Gradients by x and by the threshold; the floor counts as identity."""
    grad_x, grad_threshold = np.zeros(x.shape), 0.0
    for i in np.ndindex(x.shape):
        level = x[i] * levels / threshold + 0.5
        if 0 < level < levels:
            grad_x[i] = upstream[i]
            rounded = _value(x[i], threshold, levels) - float(x[i])
            grad_threshold += upstream[i] * rounded / threshold
        elif level >= levels:
            grad_threshold += upstream[i]
    return grad_x, grad_threshold


def _value(x, threshold, levels):
    level = math.floor(float(x) * levels / threshold + 0.5)
    return threshold * min(max(level, 0), levels) / levels
