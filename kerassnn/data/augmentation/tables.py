"""Colour operations that map each channel through a table of 256 values."""

import numpy as np

LEVELS = np.arange(256)


def apply_tables(x, tables):
    """Looks every value up in the table of its image and channel.

    Args:
        x: uint8 array (B, H, W, C).
        tables: uint8 array (B, 256) or (B, C, 256).

    Returns:
        uint8 array (B, H, W, C).
    """
    if tables.ndim == 2:
        first = np.arange(len(x))[:, None, None, None] * 256
    else:
        first = _offsets(x)
    return tables.reshape(-1).take(x + first, mode="clip")


def invert(x, amount, fill):
    return 255 - x


def brightness(x, amount, fill):
    return apply_tables(x, _blend(0.0, amount))


def contrast(x, amount, fill):
    """Stretches about the mean grey of the image."""
    mean = np.floor(gray(x).mean(axis=(1, 2)) + 0.5)
    return apply_tables(x, _blend(mean[:, None], amount))


def solarize(x, amount, fill):
    """Inverts the values from the threshold `amount` upwards."""
    return np.where(x < amount[:, None, None, None], x, 255 - x)


def posterize(x, amount, fill):
    """Keeps the `amount` highest bits."""
    mask = (0xFF << (8 - amount.astype(int))) & 0xFF
    return x & mask.astype("uint8")[:, None, None, None]


def auto_contrast(x, amount, fill):
    """Stretches every channel to the full range."""
    low = x.min(axis=(1, 2)).astype("float64")[..., None]
    high = x.max(axis=(1, 2)).astype("float64")[..., None]
    scale = 255 / np.maximum(high - low, 1)
    tables = np.clip(np.trunc(LEVELS * scale - low * scale), 0, 255)
    tables = np.where(high > low, tables, LEVELS)
    return apply_tables(x, tables.astype("uint8"))


def equalize(x, amount, fill):
    """Flattens the histogram of every channel."""
    batch, channels = len(x), x.shape[-1]
    index = (x + _offsets(x)).reshape(-1)
    counts = np.bincount(index, minlength=batch * channels * 256)
    counts = counts.reshape(batch, channels, 256)
    brightest = x.max(axis=(1, 2))[..., None].astype(int)
    last = np.take_along_axis(counts, brightest, axis=-1)
    step = (counts.sum(axis=-1, keepdims=True) - last) // 255
    below = np.cumsum(counts, axis=-1) - counts
    tables = np.minimum((step // 2 + below) // np.maximum(step, 1), 255)
    tables = np.where(step > 0, tables, LEVELS)
    return tables.astype("uint8").reshape(-1).take(index).reshape(x.shape)


def gray(x):
    """Luma (B, H, W) of RGB images, by the integer weights of ITU-R 601."""
    if x.shape[-1] != 3:
        return x[..., 0]
    red, green, blue = (x[..., c].astype("uint32") for c in range(3))
    luma = red * 19595 + green * 38470 + blue * 7471 + 0x8000
    return (luma >> 16).astype("uint8")


def _blend(base, amount):
    # All in float32, as Pillow has it, so that ties fall the same way.
    factor = (1 + amount[:, None]).astype("float32")
    base = np.asarray(base, "float32")
    values = base + factor * (LEVELS.astype("float32") - base)
    return np.clip(values, 0, 255).astype("uint8")


def _offsets(x):
    batch, channels = len(x), x.shape[-1]
    return np.arange(batch * channels).reshape(batch, 1, 1, channels) * 256
