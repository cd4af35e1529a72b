import dataclasses

import numpy as np

from kerassnn.data.arguments import check_fill
from kerassnn.data.arguments import check_float
from kerassnn.data.arguments import check_int
from kerassnn.data.augmentation.operations import ORDER
from kerassnn.data.augmentation.operations import apply_drawn

_DRAWABLE = np.flatnonzero([name != "invert" for name in ORDER])


@dataclasses.dataclass(frozen=True)
class RandAugment:
    """n operations an image out of fourteen, all of one strength.

    Unlike `keras.layers.RandAugment`, which draws once for a whole batch,
    every image draws its own.

    Args:
        n: Int >= 0, operations in a row. Defaults to `2`.
        m: Float in [0, 30], strength. Defaults to `9`.
        fill: Number or tuple of C numbers, for pixels moved in from outside.
            Defaults to `128`.

    Raises:
        ValueError: if n or m is out of range.

    Differs from the paper: the operations' ranges are AutoAugment's, 30
        being their end; shears, rotations, translations and enhancers take a
        random sign.

    Reference: Cubuk et al., RandAugment: Practical automated data
        augmentation with a reduced search space, NeurIPS 2020,
        arXiv 1909.13719.

    Example:
        >>> augment = kerassnn.data.Augment(policy=RandAugment(2, 14))
    """

    n: int = 2
    m: float = 9
    fill: float | tuple = 128

    def __post_init__(self):
        check_int("n", self.n, 0)
        check_float("m", self.m, 0, 30)
        check_fill(self.fill)

    def __call__(self, x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        strength = np.full(len(x), self.m / 30)
        for _ in range(self.n):
            drawn = _DRAWABLE[rng.integers(0, len(_DRAWABLE), len(x))]
            x = apply_drawn(x, drawn, strength, rng, self.fill)
        return x
