"""The operations that augmentation policies draw from.

Each takes a group of uint8 images, one amount an image and a fill value.
"""

import dataclasses
from collections.abc import Callable

import numpy as np

from kerassnn.data.augmentation import geometry
from kerassnn.data.augmentation import tables


def color(x, amount, fill):
    """Towards gray (amount < 0) or away from it."""
    return _blend(tables.gray(x)[..., None], x, amount)


def sharpness(x, amount, fill):
    """Towards the smoothed image (amount < 0) or away from it."""
    wide = x.astype("uint16")
    down = wide[:, :-2] + wide[:, 1:-1] + wide[:, 2:]
    box = down[:, :, :-2] + down[:, :, 1:-1] + down[:, :, 2:]
    weighted = box + 4 * wide[:, 1:-1, 1:-1]
    smooth = x.copy()
    smooth[:, 1:-1, 1:-1] = (2 * weighted + 13) // 26
    return _blend(smooth, x, amount)


def identity(x, amount, fill):
    return x


@dataclasses.dataclass(frozen=True)
class Operation:
    """An operation and its range of amounts.

    Args:
        function: Callable (x, amount, fill) -> x on groups of images.
        start: Float, amount at strength 0.
        end: Float, amount at strength 1.
        signed: Bool, whether the amount takes a random sign.
    """

    function: Callable
    start: float = 0.0
    end: float = 0.0
    signed: bool = False

    def amount(self, strength):
        return self.start + (self.end - self.start) * strength


# Ranges of AutoAugment's table 6; the four enhancers take 1 +- 0.9.
OPERATIONS = {
    "identity": Operation(identity),
    "shear_x": Operation(geometry.shear_x, 0.0, 0.3, True),
    "shear_y": Operation(geometry.shear_y, 0.0, 0.3, True),
    "translate_x": Operation(geometry.translate_x, 0.0, 150 / 331, True),
    "translate_y": Operation(geometry.translate_y, 0.0, 150 / 331, True),
    "rotate": Operation(geometry.rotate, 0.0, 30.0, True),
    "brightness": Operation(tables.brightness, 0.0, 0.9, True),
    "color": Operation(color, 0.0, 0.9, True),
    "contrast": Operation(tables.contrast, 0.0, 0.9, True),
    "sharpness": Operation(sharpness, 0.0, 0.9, True),
    "posterize": Operation(tables.posterize, 8.0, 4.0),
    "solarize": Operation(tables.solarize, 256.0, 0.0),
    "auto_contrast": Operation(tables.auto_contrast),
    "equalize": Operation(tables.equalize),
    "invert": Operation(tables.invert),
}
ORDER = tuple(OPERATIONS)


def apply_drawn(x, drawn, strength, rng, fill):
    """Applies to each image the operation drawn for it, group by group.

    Args:
        x: uint8 array (B, H, W, C).
        drawn: Int array (B,), indices into `ORDER`.
        strength: Float array (B,), in [0, 1].
        rng: NumPy generator, for the signs.
        fill: Number or C numbers.

    Returns:
        uint8 array (B, H, W, C).

    Raises:
        ValueError: if x is not uint8 of one or three channels.
    """
    if x.dtype != np.uint8 or x.ndim != 4 or x.shape[-1] not in (1, 3):
        raise ValueError(
            "expected uint8 images of one or three channels, received: "
            f"dtype={x.dtype}, shape={x.shape}"
        )
    signs = rng.integers(0, 2, len(x)) * 2.0 - 1.0
    out = x.copy()
    for op in np.unique(drawn):
        operation = OPERATIONS[ORDER[op]]
        if operation.function is identity:
            continue
        group = np.flatnonzero(drawn == op)
        amount = operation.amount(strength[group])
        if operation.signed:
            amount = amount * signs[group]
        elif operation.function is tables.posterize:
            amount = np.round(amount)
        out[group] = operation.function(x[group], amount, fill)
    return out


def _blend(base, x, amount):
    factor = (1 + amount).astype("float32")[:, None, None, None]
    base = base.astype("float32")
    return np.clip(base + factor * (x - base), 0, 255).astype("uint8")
