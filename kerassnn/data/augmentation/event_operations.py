"""Changes of event frames (B, T, H, W, C): all frames of a recording alike.

Amounts are arrays (B,), one a recording.
"""

import numpy as np


def flip(x, chosen):
    """Mirrors the chosen recordings left and right."""
    out = x.copy()
    for i in np.flatnonzero(chosen):
        out[i] = x[i, :, :, ::-1]
    return out


def roll(x, down, right):
    """Moves rows and columns round; what leaves comes in on the other side."""
    out = np.empty_like(x)
    # A loop of copies of whole rows is faster than one gather of pixels.
    for i in range(len(x)):
        out[i] = np.roll(x[i], (down[i], right[i]), axis=(1, 2))
    return out


def affine(x, operation, amount):
    """An operation of images, such as `geometry.rotate`, on all frames."""
    return _still(operation(_moving(x), amount, 0), x)


def cutout(x, size, rng):
    """Empties one square of `size` pixels, an int or (B,), at its place."""
    batch, _, height, width, _ = x.shape
    size = np.broadcast_to(size, batch)
    top = rng.integers(0, height, batch) - size // 2
    left = rng.integers(0, width, batch) - size // 2
    return _emptied(x, top, left, size, size)


def keep_time(x, first, length):
    """Empties the frames before `first` and from `first + length` on."""
    out = np.zeros_like(x)
    for i in range(len(x)):
        kept = slice(first[i], first[i] + length)
        out[i, kept] = x[i, kept]
    return out


def drop_time(x, first, length):
    """Empties the frames from `first` to `first + length`, two (B,)."""
    out = x.copy()
    for i in range(len(x)):
        out[i, first[i] : first[i] + length[i]] = 0
    return out


def drop_area(x, share, rng):
    """Empties a rectangle whose sides are `share` of the frame's."""
    batch, _, height, width, _ = x.shape
    rows, cols = (
        np.round(share * side).astype(int) for side in (height, width)
    )
    top = rng.integers(0, height - rows + 1, batch)
    left = rng.integers(0, width - cols + 1, batch)
    return _emptied(x, top, left, rows, cols)


def drop_events(x, share, rng):
    """Takes every event away with the probability `share`.

    Counts are thinned by binomial draws; where frames are no counts, every
    value is kept or emptied.
    """
    keep = np.broadcast_to((1 - share)[:, None, None, None, None], x.shape)
    if x.dtype.kind in "ui":
        out = x.copy()
        # Most pixels are empty.
        where = x > 0
        out[where] = rng.binomial(x[where], keep[where])
        return out
    return np.where(rng.random(x.shape) < keep, x, x.dtype.type(0))


def _emptied(x, top, left, rows, cols):
    out = x.copy()
    for i in range(len(x)):
        down = slice(max(top[i], 0), max(top[i] + rows[i], 0))
        right = slice(max(left[i], 0), max(left[i] + cols[i], 0))
        out[i, :, down, right] = 0
    return out


def _moving(x):
    """(B, H, W, T * C): what operations of images move at once."""
    batch, steps, height, width, channels = x.shape
    x = x.transpose(0, 2, 3, 1, 4)
    return x.reshape(batch, height, width, steps * channels)


def _still(moved, x):
    batch, steps, height, width, channels = x.shape
    moved = moved.reshape(batch, height, width, steps, channels)
    return np.ascontiguousarray(moved.transpose(0, 3, 1, 2, 4))
