import dataclasses
from collections.abc import Callable

import numpy as np

from kerassnn.data.arguments import check_bool
from kerassnn.data.arguments import check_fill
from kerassnn.data.arguments import check_float
from kerassnn.data.arguments import check_int
from kerassnn.data.augmentation.geometry import crop_flip
from kerassnn.data.augmentation.geometry import cutout
from kerassnn.data.augmentation.mixing import mix


@dataclasses.dataclass(frozen=True)
class Augment:
    """Training augmentation of a batch, each image drawn on its own.

    In this order: pad-crop and flip, policy, cutout, mixup or cutmix.

    Args:
        crop: Int >= 0. Pixels of padding a window is cut from. Defaults to
            `4`.
        flip: Bool. Whether to mirror half of the images. Defaults to `True`.
        cutout: Int >= 0. Side of the square painted with `fill`, 0 for none.
            Defaults to `0`.
        policy: Callable (x, rng) -> x such as `AutoAugment()`, `RandAugment()`
            or `None`. Defaults to `None`.
        mixup: Float alpha >= 0, 0 for none. Defaults to `0.0`.
        cutmix: Float alpha >= 0, 0 for none; with `mixup`, every image draws
            one of the two. Defaults to `0.0`.
        pad: `"reflect"` or `"zeros"`. Defaults to `"reflect"`.
        fill: Number or C numbers, in stored values; `Splits.fill` is the
            mean colour. Defaults to `0`.

    Input shape:  x (B, H, W, C) as stored; y (B,) or one-hot (B, K).
    Output shape: the same; x and y float32 after mixup or cutmix.

    Raises:
        ValueError: if an argument is out of range, the padding exceeds the
            image, or labels are mixed that are not one-hot.

    Reference: DeVries and Taylor, Improved Regularization of Convolutional
        Neural Networks with Cutout, 2017, arXiv 1708.04552.

    Example:
        >>> augment = Augment(cutout=16, fill=splits.fill)
        >>> x, y = augment(x, y, np.random.default_rng(0))
    """

    crop: int = 4
    flip: bool = True
    cutout: int = 0
    policy: Callable | None = None
    mixup: float = 0.0
    cutmix: float = 0.0
    pad: str = "reflect"
    fill: float | tuple = 0

    def __post_init__(self):
        for name in ("crop", "cutout"):
            check_int(name, getattr(self, name), 0)
        for name in ("mixup", "cutmix"):
            check_float(name, getattr(self, name))
        check_bool("flip", self.flip)
        check_fill(self.fill)
        if self.policy is not None and not callable(self.policy):
            raise ValueError(
                "expected a callable (x, rng) -> x or None, received: "
                f"policy={self.policy!r}"
            )
        if self.pad not in ("reflect", "zeros"):
            raise ValueError(
                f"expected 'reflect' or 'zeros', received: pad={self.pad!r}"
            )

    @property
    def mixes(self) -> bool:
        """Whether labels come out soft, so that they must go in one-hot."""
        return bool(self.mixup or self.cutmix)

    def __call__(
        self, x: np.ndarray, y: np.ndarray, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        if x.ndim != 4 or self.crop >= min(x.shape[1:3]):
            raise ValueError(
                f"expected images (B, H, W, C) larger than crop={self.crop}, "
                f"received: x.shape={x.shape}"
            )
        if self.mixes and y.ndim != 2:
            raise ValueError(
                "expected one-hot labels for mixup and cutmix, received: "
                f"y.shape={y.shape}"
            )
        x = crop_flip(x, rng, self.crop, self.flip, self.pad)
        if self.policy is not None:
            x = self.policy(x, rng)
        if self.cutout:
            cutout(x, rng, self.cutout, self.fill)
        if self.mixes:
            x, y = mix(x, y, rng, self.mixup, self.cutmix)
        return x, y
