import dataclasses

import numpy as np

from kerassnn.data.augmentation.operations import ORDER
from kerassnn.data.augmentation.operations import apply_drawn

# (operation, probability, level 0..9) twice: the paper's table for CIFAR-10.
SUB_POLICIES = (
    (("invert", 0.1, 7), ("contrast", 0.2, 6)),
    (("rotate", 0.7, 2), ("translate_x", 0.3, 9)),
    (("sharpness", 0.8, 1), ("sharpness", 0.9, 3)),
    (("shear_y", 0.5, 8), ("translate_y", 0.7, 9)),
    (("auto_contrast", 0.5, 8), ("equalize", 0.9, 2)),
    (("shear_y", 0.2, 7), ("posterize", 0.3, 7)),
    (("color", 0.4, 3), ("brightness", 0.6, 7)),
    (("sharpness", 0.3, 9), ("brightness", 0.7, 9)),
    (("equalize", 0.6, 5), ("equalize", 0.5, 1)),
    (("contrast", 0.6, 7), ("sharpness", 0.6, 5)),
    (("color", 0.7, 7), ("translate_x", 0.5, 8)),
    (("equalize", 0.3, 7), ("auto_contrast", 0.4, 8)),
    (("translate_y", 0.4, 3), ("sharpness", 0.2, 6)),
    (("brightness", 0.9, 6), ("color", 0.2, 8)),
    (("solarize", 0.5, 2), ("invert", 0.0, 3)),
    (("equalize", 0.2, 0), ("auto_contrast", 0.6, 0)),
    (("equalize", 0.2, 8), ("equalize", 0.6, 4)),
    (("color", 0.9, 9), ("equalize", 0.6, 6)),
    (("auto_contrast", 0.8, 4), ("solarize", 0.2, 8)),
    (("brightness", 0.1, 3), ("color", 0.7, 0)),
    (("solarize", 0.4, 5), ("auto_contrast", 0.9, 3)),
    (("translate_y", 0.9, 9), ("translate_y", 0.7, 9)),
    (("auto_contrast", 0.9, 2), ("solarize", 0.8, 3)),
    (("equalize", 0.8, 8), ("invert", 0.1, 3)),
    (("translate_y", 0.7, 9), ("auto_contrast", 0.9, 1)),
)
_STEPS = [list(column) for column in zip(*SUB_POLICIES, strict=True)]
_OPS = np.array([[ORDER.index(s[0]) for s in column] for column in _STEPS])
_PROBABILITY = np.array([[s[1] for s in column] for column in _STEPS])
_STRENGTH = np.array([[s[2] / 9 for s in column] for column in _STEPS])


@dataclasses.dataclass(frozen=True)
class AutoAugment:
    """AutoAugment's 25 sub-policies for CIFAR-10, drawn for each image.

    A sub-policy is two operations, each applied with its own probability.
    Images that drew the same operation are transformed together.

    Args:
        fill: Number or tuple of C numbers, for pixels moved in from outside.
            Defaults to `128`.

    Differs from the paper: translations reach 150/331 of the image, as in
        its text, where its CIFAR code stops at 10 pixels; enhancers and
        translations take a random sign; nearest-neighbour interpolation.

    Reference: Cubuk et al., AutoAugment: Learning Augmentation Policies from
        Data, CVPR 2019, arXiv 1805.09501.

    Example:
        >>> augment = kerassnn.data.Augment(policy=AutoAugment(), cutout=16)
    """

    fill: float | tuple = 128

    def __call__(self, x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        policy = rng.integers(0, len(SUB_POLICIES), len(x))
        for step in range(2):
            active = rng.random(len(x)) < _PROBABILITY[step, policy]
            drawn = np.where(active, _OPS[step, policy], 0)
            strength = _STRENGTH[step, policy]
            x = apply_drawn(x, drawn, strength, rng, self.fill)
        return x
