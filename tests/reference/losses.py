"""Losses on logits in float64, differentiable by `complex_step`.

Shapes: z_t (B, T, K) student logits, z (B, K) their mean over time, teacher
(B, K), y (B,) class indices. Each function returns one number, the mean over
the batch; weights of a total are left to the caller.
"""

import numpy as np

from tests.reference.complex_step import stop


def log_softmax(x):
    x = x - np.max(np.real(x), -1, keepdims=True)
    return x - np.log(np.sum(np.exp(x), -1, keepdims=True))


def softmax(x):
    return np.exp(log_softmax(x))


def kl_rows(p_logits, q_logits, tau=1.0):
    """KL(softmax(p / tau) || softmax(q / tau)) of every row."""
    log_p, log_q = log_softmax(p_logits / tau), log_softmax(q_logits / tau)
    return np.sum(np.exp(log_p) * (log_p - log_q), -1)


def kd(teacher, z, tau):
    """Hinton's term, tau^2 KL, of (B, K) or (B, T, K) student logits."""
    teacher = stop(teacher)
    if z.ndim > teacher.ndim:
        teacher = teacher[:, None]
    return tau**2 * np.mean(kl_rows(teacher, z, tau))


def ce_rows(z, y):
    rows = log_softmax(z)
    if z.ndim == 3:
        y = np.broadcast_to(y[:, None], z.shape[:2])
    return -np.take_along_axis(rows, y[..., None], -1)[..., 0]


def ce(z, y):
    """Cross-entropy; of (B, T, K) logits, its mean over the steps."""
    return np.mean(ce_rows(z, y))


def entropy(z_t):
    """TSER: mean over batch and steps of the entropy of softmax(z_t)."""
    log_p = log_softmax(z_t)
    return -np.mean(np.sum(np.exp(log_p) * log_p, -1))


def tser(z_t, teacher, y, alpha, gamma, tau):
    """(1 - alpha) CE + alpha tau^2 KL - gamma H, each step by step."""
    hard, soft = ce(z_t, y), kd(teacher, z_t, tau)
    return (1 - alpha) * hard + alpha * soft - gamma * entropy(z_t)


def tet(z_t, y, weight, target=1.0):
    """(1 - weight) mean CE(z_t, y) + weight MSE(z_t, target)."""
    return (1 - weight) * ce(z_t, y) + weight * np.mean((z_t - target) ** 2)


def twsd(z_t, y, tau, soft_label):
    """TWKD's self-distillation, its label the vote or the right steps."""
    values = stop(z_t)
    if soft_label == "vote":
        label = values.mean(1)
    else:
        right = (values.argmax(-1) == y[:, None]).astype("float64")
        count = np.maximum(right.sum(1), 1)
        label = np.einsum("bt,btk->bk", right, values) / count[:, None]
    return kd(label, z_t, tau)


def strong_weak(z_t, tau=2.0, to="weak"):
    """Most confident step teaches the least (S2W), or the reverse (W2S)."""
    confidence = np.max(softmax(stop(z_t)), -1).mean(0)
    strong, weak = confidence.argmax(), confidence.argmin()
    source, target = (strong, weak) if to == "weak" else (weak, strong)
    return np.mean(kl_rows(stop(z_t[:, source]), z_t[:, target], tau))


def tssd_temporal(z_t, short, softening=2.0):
    """Mean of all steps teaches the mean of the first `short` steps."""
    full, early = z_t.mean(1), z_t[:, :short].mean(1)
    return kd(stop(full), early, softening)


def tssd_spatial(z, weak, softening=2.0):
    """The output teaches the classifier at the middle stage."""
    return kd(stop(z), weak, softening)


def wsld(teacher, z, y, tau=2.0):
    """BKDSNN's weighted soft label, cross-entropy form."""
    teacher = stop(teacher)
    ratio = ce_rows(stop(z), y) / (ce_rows(teacher, y) + 1e-7)
    rows = -np.sum(softmax(teacher / tau) * log_softmax(z / tau), -1)
    return tau**2 * np.mean((1 - np.exp(-ratio)) * rows)


def hta_kl(teacher, z, tau, head):
    """Head-tail aware: forward and reverse KL weighed by their gaps.

    The head is the likeliest classes whose probabilities first reach `head`
    together.
    """
    p = softmax(stop(teacher) / tau)
    q = softmax(z / tau)
    mask = np.zeros(p.shape, bool)
    for row, marked in zip(p, mask, strict=True):
        reached = 0.0
        for k in sorted(range(len(row)), key=lambda k: -row[k]):
            if reached < head:
                marked[k] = True
            reached += row[k]
    gap = np.abs(p - stop(q))
    head_gap, tail_gap = (gap * mask).sum(-1), (gap * ~mask).sum(-1)
    total = np.maximum(head_gap + tail_gap, 1e-300)
    forward = np.sum(p * (np.log(p) - np.log(q)), -1)
    reverse = np.sum(q * (np.log(q) - np.log(p)), -1)
    rows = head_gap / total * forward + tail_gap / total * reverse
    return tau**2 * np.mean(rows)


def seal_ela(z_t, teacher, y, tau=3.0):
    """SeAl-KD's error-aware logits alignment.

    Where a step is wrong, its winning logit takes the true class's value, and
    the teacher's two logits both take the smaller one.
    """
    batch, steps, _ = z_t.shape
    rows = []
    for b in range(batch):
        for t in range(steps):
            z, a = z_t[b, t].copy(), np.real(teacher[b]).copy()
            winner = np.argmax(z.real)
            if winner != y[b]:
                z[winner] = z[y[b]]
                a[[winner, y[b]]] = min(a[winner], a[y[b]])
            rows.append(kl_rows(a, z, tau))
    return tau**2 * np.mean(rows)


def seal_sta(z_t, tau=3.0):
    """SeAl-KD's agreement of each step with the other steps' mixed logits."""
    target = np.einsum("btk,bkc->btc", seal_peers(z_t), stop(z_t))
    return tau**2 * np.mean(kl_rows(target, z_t, tau))


def seal_peers(z_t):
    """SeAl-KD's weights (B, T, T) of step k as a teacher of step t."""
    z = stop(z_t)
    p = softmax(z)
    disorder = -np.sum(p * np.log(p), -1) / np.log(z.shape[-1])
    unit = z / np.linalg.norm(z, axis=-1, keepdims=True)
    score = (1 - disorder)[:, None, :] * np.einsum("btk,bsk->bts", unit, unit)
    score[:, np.eye(z.shape[1], dtype=bool)] = -np.inf
    return softmax(score)


def enhanced_self(outputs, y, tau=3.0):
    """Enhanced self-distillation's soft term over a list of (B, K) logits.

    The teacher is the mean of the outputs right for the sample; a sample
    that none gets right is left out of the mean.
    """
    stacked = np.stack([stop(z) for z in outputs], 1)
    right = (stacked.argmax(-1) == y[:, None]).astype("float64")
    label = np.einsum("bo,bok->bk", right, stacked)
    label = label / np.maximum(right.sum(1), 1)[:, None]
    known = right.any(1)
    if not known.any():
        return 0.0
    rows = sum(kl_rows(label, z, tau) for z in outputs)
    return tau**2 * np.mean(rows[known])


def noisy_logits(teacher, z, mix, noise, tau=2.0):
    """CKDSNN's NLD as in its code: probabilities mixed with noise's.

    noise (B, K) is standard normal; it takes the row's mean and, as there,
    its variance for a standard deviation.
    """
    mean = z.mean(-1, keepdims=True)
    spread = np.sum((z - mean) ** 2, -1, keepdims=True) / (z.shape[-1] - 1)
    drawn = mean + noise * spread
    q = (1 - mix) * softmax(z / tau) + mix * softmax(drawn / tau)
    log_p = log_softmax(stop(teacher) / tau)
    return tau**2 * np.mean(np.sum(np.exp(log_p) * (log_p - np.log(q)), -1))
