"""Losses on feature maps in float64, differentiable by `complex_step`.

Student maps are spikes (B, T, H, W, C), teacher maps (B, H, W, C).
"""

import numpy as np

from tests.reference.complex_step import relu
from tests.reference.complex_step import stop
from tests.reference.losses import kl_rows
from tests.reference.losses import softmax


def conv(x, kernel, bias=0.0):
    """'same' convolution at stride 1 of (B, H, W, C) with an odd kernel."""
    rows, columns = kernel.shape[:2]
    y, z = rows // 2, columns // 2
    padded = np.pad(x, ((0, 0), (y, y), (z, z), (0, 0)))
    height, width = x.shape[1:3]
    return bias + sum(
        padded[:, i : i + height, j : j + width] @ kernel[i, j]
        for i in range(rows)
        for j in range(columns)
    )


def batch_norm(x, gamma, beta, epsilon):
    """In training: statistics over all axes but the last, variance biased."""
    axes = tuple(range(x.ndim - 1))
    centred = x - x.mean(axes)
    return gamma * centred / np.sqrt((centred**2).mean(axes) + epsilon) + beta


def windows(x, size):
    """(B, H, W, C) in size x size equal windows, pooled axes 2 and 4."""
    batch, height, width, channels = x.shape
    shape = (batch, size, height // size, size, width // size, channels)
    return x.reshape(shape)


def max_pool_to(x, size):
    cells = windows(x, size).transpose(0, 1, 3, 5, 2, 4)
    cells = cells.reshape(*cells.shape[:4], -1)
    best = np.argmax(cells.real, -1)
    return np.take_along_axis(cells, best[..., None], -1)[..., 0]


def mean_pool_to(x, size):
    return windows(x, size).mean((2, 4))


def unit(rows):
    """Rows at length one; rows of zeros stay zero, with no gradient."""
    square = np.sum(rows * rows, -1, keepdims=True)
    alive = square.real > 0
    return np.where(alive, rows / np.sqrt(np.where(alive, square, 1)), 0)


def gram(x):
    rows = x.reshape(len(x), -1)
    return rows @ rows.T


def mlp(x, weights):
    """Dense, ReLU, Dense, rows normalised; weights (W1, b1, W2, b2)."""
    first, bias, second, last = weights
    return unit(relu(x @ first + bias) @ second + last)


def attention(student, teacher, queries, keys):
    """SASTC steps 2-4: weights (T, B, Ls, Lt)."""
    steps = student[0].shape[1]
    k = [mlp(gram(stop(f)), w) for f, w in zip(teacher, keys, strict=True)]
    rows = []
    for t in range(steps):
        q = [
            mlp(gram(f[:, t]), w) for f, w in zip(student, queries, strict=True)
        ]
        scores = [[np.sum(a * b, -1) for b in k] for a in q]
        rows.append(softmax(np.transpose(scores, (2, 0, 1))))
    return np.stack(rows)


def matched(f_student, f_teacher):
    """One step's student map and the teacher's, at the smaller size."""
    here, there = f_student.shape[1], f_teacher.shape[1]
    if here > there:
        return max_pool_to(f_student, there), f_teacher
    if there > here:
        return f_student, mean_pool_to(f_teacher, here)
    return f_student, f_teacher


def regress(x, weights, epsilon):
    """Conv3x3, BN, ReLU, Conv1x1; weights (K3, gamma, beta, K1)."""
    wide, gamma, beta, narrow = weights
    return conv(relu(batch_norm(conv(x, wide), gamma, beta, epsilon)), narrow)


def sastc(student, teacher, queries, keys, regressors, epsilon=1e-5):
    """SASTC's feature loss, methods.md 2.1 steps 2-6.

    `regressors[i][j]` maps student layer i to teacher layer j; its norm
    takes its statistics over batch and time.
    """
    weights = attention(student, teacher, queries, keys)
    batch, steps = student[0].shape[:2]
    total = 0.0
    for i, f in enumerate(student):
        for j, target in enumerate(teacher):
            folded = f.swapaxes(0, 1).reshape(-1, *f.shape[2:])
            x, y = matched(folded, stop(target))
            x = regress(x, regressors[i][j], epsilon)
            x = x.reshape(steps, batch, *x.shape[1:])
            error = np.mean((x - y) ** 2, (2, 3, 4))
            total = total + np.sum(weights[:, :, i, j] * error)
    return total / (batch * steps * len(student))


def fitnet(f_student, f_teacher, regressor):
    """MSE of the regressed mean-over-time map."""
    return np.mean((regressor(f_student.mean(1)) - stop(f_teacher)) ** 2)


def attention_map(f):
    """AT: unit vector of the mean over channels of squares, (B, H W)."""
    return unit(np.mean(f**2, -1).reshape(len(f), -1))


def at(f_student, f_teacher):
    """Mean squared gap of attention maps; the larger map pooled down."""
    x, y = f_student.mean(1), stop(f_teacher)
    size = min(x.shape[1], y.shape[1])
    x, y = (mean_pool_to(f, size) if f.shape[1] > size else f for f in (x, y))
    return np.mean((attention_map(x) - attention_map(y)) ** 2)


def kdsnn(f_student, f_teacher, align=None):
    """||align(mean_t f) - f^a||^2 over the map, mean over the batch."""
    x = f_student.mean(1)
    x = x if align is None else align(x)
    return np.sum((x - stop(f_teacher)) ** 2) / len(x)


def lasnn(f_student, f_teacher):
    """Distance between unit attention maps (squares summed), batch mean."""
    maps = [
        unit(np.sum(f**2, -1).reshape(len(f), -1))
        for f in (f_student.mean(1), stop(f_teacher))
    ]
    return np.mean(np.sqrt(np.sum((maps[0] - maps[1]) ** 2, -1)))


def bkdsnn(f_student, f_teacher, mask, first, second, align=None):
    """||g(M f) - f^a||^2 / B; mask (B, C), g two biased 3x3 convolutions."""
    x = f_student.mean(1)
    x = x if align is None else align(x)
    hidden = relu(conv(x * mask[:, None, None], *first))
    return np.sum((conv(hidden, *second) - stop(f_teacher)) ** 2) / len(x)


def semckd(student, teacher, queries, keys, regressors):
    """SASTC without time, on mean-over-time maps, pooled by means.

    `regressors[i][j]` are functions of a map.
    """
    means = [f.mean(1) for f in student]
    weights = attention([f[:, None] for f in means], teacher, queries, keys)[0]
    total = 0.0
    for i, x in enumerate(means):
        for j, y in enumerate(teacher):
            size = min(x.shape[1], y.shape[1])
            small = mean_pool_to(x, size) if x.shape[1] > size else x
            target = mean_pool_to(y, size) if y.shape[1] > size else y
            gap = regressors[i][j](small) - stop(target)
            error = np.mean(gap**2, (1, 2, 3))
            total = total + np.sum(weights[:, i, j] * error)
    return total / (len(means[0]) * len(means))


def spread(maps):
    """Maps over the range of the whole batch, 0 to 1."""
    flat = maps.reshape(-1)
    low, high = flat[flat.real.argmin()], flat[flat.real.argmax()]
    return (maps - low) / (high - low)


def samd(rates, features, kernel, logits, tau=2.0):
    """CKDSNN's SAMD: the CAM of the teacher's prediction and the spike map."""
    rows = kernel.T[np.argmax(logits, -1)]
    cam = relu(np.einsum("bhwc,bc->bhw", features, rows))
    maps = spread(stop(cam)), spread(rates.sum(-1))
    flat = [each.reshape(len(each), -1) for each in maps]
    return tau**2 * np.mean(kl_rows(*flat, tau))
