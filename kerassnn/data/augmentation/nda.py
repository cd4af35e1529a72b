import dataclasses

import numpy as np

from kerassnn.data.augmentation import event_operations as ops
from kerassnn.data.augmentation import geometry

SHEAR, PIXELS, DEGREES, HOLE = 0.3, 5, 30.0, 30


@dataclasses.dataclass(frozen=True)
class NDA:
    """Neuromorphic data augmentation: one of six changes a recording.

    Each recording draws one of: nothing; shear by up to 0.3; moves by up to 5
    pixels left or right, up or down; rotation by up to 30 degrees; a hole of
    1 to 30 pixels a side. Give it to `EventAugment`, which flips and rolls
    first.

    Input shape:  x (B, T, H, W, C).
    Output shape: the same.

    Differs from the paper: these are the operations and ranges that code for
        CIFAR10-DVS came to use after it; nothing is mixed (its CutMix is
        left to the pipeline); nearest-neighbour interpolation.

    Reference: Li et al., Neuromorphic Data Augmentation for Training Spiking
        Neural Networks, ECCV 2022, arXiv 2203.06145.

    Example:
        >>> augment = kerassnn.data.EventAugment(policy=NDA())
    """

    def __call__(self, x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        batch, _, height, width, _ = x.shape
        drawn = rng.integers(0, 6, batch)
        amount = rng.uniform(-1, 1, batch)
        out = x.copy()
        for number, operation, most in (
            (1, geometry.shear_x, SHEAR),
            (2, geometry.translate_x, PIXELS / width),
            (3, geometry.translate_y, PIXELS / height),
            (4, geometry.rotate, DEGREES),
        ):
            chosen = drawn == number
            if chosen.any():
                out[chosen] = ops.affine(
                    x[chosen], operation, most * amount[chosen]
                )
        chosen = drawn == 5
        size = np.ceil(np.abs(amount[chosen]) * HOLE).astype(int)
        out[chosen] = ops.cutout(x[chosen], size, rng)
        return out
