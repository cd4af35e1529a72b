"""Mixup and cutmix: two images, and their labels, in one."""

import numpy as np


def mix(x, y, rng, mixup, cutmix):
    """Blends each image with a partner of the batch.

    One weight a pixel says how much of the image stays: a constant for
    mixup, 0 or 1 for cutmix; the label keeps the mean weight. Where both are
    asked for, every image draws one of the two.

    Args:
        x: Array (B, H, W, C).
        y: Array (B, K), one-hot.
        rng: NumPy generator.
        mixup: Float alpha of mixup's Beta(alpha, alpha), 0 for none.
        cutmix: Float alpha of cutmix's, 0 for none.

    Returns:
        x float32 (B, H, W, C), y float32 (B, K).

    Reference: Zhang et al., mixup, ICLR 2018, arXiv 1710.09412; Yun et al.,
        CutMix, ICCV 2019, arXiv 1905.04899.
    """
    batch, height, width = x.shape[:3]
    partner = rng.permutation(batch)
    cut = rng.random(batch) < (0.5 if mixup else 1.0) if cutmix else None
    weight = np.ones((batch, height, width), "float32")
    if mixup:
        weight *= rng.beta(mixup, mixup, batch)[:, None, None]
    if cutmix:
        holes = _holes(rng, cutmix, batch, height, width)
        weight[cut] = ~holes[cut]
    stays = weight.mean(axis=(1, 2))[:, None]
    weight = np.repeat(weight[..., None], x.shape[-1], axis=-1)
    other = x[partner].astype("float32")
    mixed = other + weight * (x - other)
    return mixed, (stays * y + (1 - stays) * y[partner]).astype("float32")


def _holes(rng, alpha, batch, height, width):
    side = np.sqrt(1 - rng.beta(alpha, alpha, batch))
    rows = _span(rng, side, height)[:, :, None]
    return rows & _span(rng, side, width)[:, None, :]


def _span(rng, side, size):
    length = (side * size).astype(int)[:, None]
    start = rng.integers(0, size, len(side))[:, None] - length // 2
    return (np.arange(size) >= start) & (np.arange(size) < start + length)
