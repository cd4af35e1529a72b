"""Moves pixels: crop and flip, holes, affine maps; each image its own way."""

import numpy as np


def crop_flip(x, rng, crop, flip, pad):
    """Pads by `crop`, cuts a window of the old size and mirrors every other.

    Args:
        x: Array (B, H, W, C).
        rng: NumPy generator.
        crop: Int, pixels of padding on each side.
        flip: Bool, whether to mirror left and right with probability 1/2.
        pad: `"reflect"` or `"zeros"`.

    Returns:
        New array (B, H, W, C).
    """
    batch, height, width = x.shape[:3]
    rows = np.arange(height) + rng.integers(-crop, crop + 1, (batch, 1))
    cols = np.arange(width) + rng.integers(-crop, crop + 1, (batch, 1))
    if flip:
        mirrored = rng.random((batch, 1)) < 0.5
        cols = np.where(mirrored, cols[:, ::-1], cols)
    out = _pixels(x, _reflect(rows, height), _reflect(cols, width))
    if pad == "zeros":
        out[_outside(rows, height)] = 0
        beyond = np.nonzero(_outside(cols, width))
        out[beyond[0], :, beyond[1]] = 0
    return out


def cutout(x, rng, size, fill):
    """Paints one square an image, in place; borders cut squares off.

    Args:
        x: Array (B, H, W, C), written to.
        rng: NumPy generator.
        size: Int, side of the square in pixels.
        fill: Number or C numbers.
    """
    batch, height, width = x.shape[:3]
    tops = rng.integers(0, height, batch) - size // 2
    lefts = rng.integers(0, width, batch) - size // 2
    for image, top, left in zip(x, tops.tolist(), lefts.tolist(), strict=True):
        rows = slice(max(top, 0), max(top + size, 0))
        image[rows, max(left, 0) : max(left + size, 0)] = fill


def shear_x(x, amount, fill):
    one, zero = np.ones_like(amount), np.zeros_like(amount)
    return affine(x, (one, amount, zero, zero, one, zero), fill)


def shear_y(x, amount, fill):
    one, zero = np.ones_like(amount), np.zeros_like(amount)
    return affine(x, (one, zero, zero, amount, one, zero), fill)


def translate_x(x, amount, fill):
    one, zero = np.ones_like(amount), np.zeros_like(amount)
    return affine(x, (one, zero, amount * x.shape[2], zero, one, zero), fill)


def translate_y(x, amount, fill):
    one, zero = np.ones_like(amount), np.zeros_like(amount)
    return affine(x, (one, zero, zero, zero, one, amount * x.shape[1]), fill)


def rotate(x, amount, fill):
    """Turns each image by `amount` degrees about its centre."""
    cos, sin = np.cos(np.radians(amount)), np.sin(np.radians(amount))
    mid_y, mid_x = x.shape[1] / 2, x.shape[2] / 2
    shift_x = mid_x - cos * mid_x + sin * mid_y
    shift_y = mid_y - sin * mid_x - cos * mid_y
    return affine(x, (cos, -sin, shift_x, sin, cos, shift_y), fill)


def affine(x, matrix, fill):
    """Nearest-neighbour affine map, the matrix from output to input.

    Args:
        x: Array (B, H, W, C).
        matrix: Six arrays (B,), a to f: the output pixel centred at (u, v)
            shows the input at (a u + b v + c, d u + e v + f).
        fill: Number or C numbers, for what lies outside.

    Returns:
        New array (B, H, W, C).
    """
    batch, height, width, channels = x.shape
    # 16 fractional bits, as Pillow has, so that ties fall the same way.
    a, b, c, d, e, f = (
        np.floor(np.asarray(m) * 65536 + 0.5).astype("int64")[:, None, None]
        for m in _to_centres(matrix)
    )
    u, v = np.arange(width), np.arange(height)[:, None]
    cols = (a * u + (b * v + c)) >> 16
    rows = (d * u + (e * v + f)) >> 16
    inside = (cols >= 0) & (cols < width) & (rows >= 0) & (rows < height)
    first = np.arange(batch)[:, None, None] * (height * width)
    index = np.where(inside, first + rows * width + cols, 0)
    out = x.reshape(-1, channels).take(index, axis=0, mode="clip")
    out[~inside] = fill
    return out


def _to_centres(matrix):
    a, b, c, d, e, f = matrix
    return a, b, c + (a + b) / 2, d, e, f + (d + e) / 2


def _reflect(index, size):
    return size - 1 - np.abs(size - 1 - np.abs(index))


def _outside(index, size):
    return (index < 0) | (index >= size)


def _pixels(x, rows, cols):
    batch, height, width, channels = x.shape
    first = np.arange(batch)[:, None] * height + rows
    index = first[:, :, None] * width + cols[:, None, :]
    return x.reshape(-1, channels).take(index, axis=0, mode="clip")
