import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from kerassnn.data.arguments import check_bool
from kerassnn.data.arguments import check_float
from kerassnn.data.arguments import check_int
from kerassnn.data.augmentation import event_operations as ops
from kerassnn.data.augmentation import geometry


@dataclasses.dataclass(frozen=True)
class EventAugment:
    """Training augmentation of event frames, each recording on its own.

    All frames of a recording are moved alike. In this order: flip, roll,
    rotation, shear, time crop, policy, cutout. The defaults are those most
    papers use for CIFAR10-DVS: flip, and roll by up to five pixels.

    Args:
        flip: Bool. Whether to mirror half of the recordings. Not for sets in
            which left and right differ, as in DVS-Gesture. Defaults to
            `True`.
        roll: Int >= 0, most pixels to roll by, both ways. Defaults to `5`.
        rotate: Number in [0, 180], most degrees to turn by. Defaults to `0`.
        shear: Number in [0, 1], most pixels a row to shear by. Defaults to
            `0`.
        time_crop: Int >= 0: so many frames, in part at the beginning and in
            part at the end, are emptied. Defaults to `0`.
        policy: Callable (x, rng) -> x such as `EventDrop()` or `NDA()`, or
            `None`. Defaults to `None`.
        cutout: Int >= 0, side of the square that is emptied, 0 for none.
            Defaults to `0`.

    Input shape:  x (B, T, H, W, C) as stored; y anything.
    Output shape: the same, of the same dtype.

    Raises:
        ValueError: if an argument is out of range, or x of another rank.

    Reference: Li et al., Neuromorphic Data Augmentation for Training Spiking
        Neural Networks, ECCV 2022, arXiv 2203.06145 (flip, roll, rotation,
        shear, cutout).

    Example:
        >>> augment = EventAugment(rotate=15, policy=EventDrop())
        >>> train = Pipeline(*splits.train, 64, augment=augment)
    """

    flip: bool = True
    roll: int = 5
    rotate: float = 0.0
    shear: float = 0.0
    time_crop: int = 0
    policy: Callable | None = None
    cutout: int = 0

    def __post_init__(self):
        check_bool("flip", self.flip)
        for name in ("roll", "time_crop", "cutout"):
            check_int(name, getattr(self, name), 0)
        check_float("rotate", self.rotate, 0, 180)
        check_float("shear", self.shear, 0, 1)
        if self.policy is not None and not callable(self.policy):
            raise ValueError(
                "expected a callable (x, rng) -> x or None, received: "
                f"policy={self.policy!r}"
            )

    def __call__(
        self, x: np.ndarray, y: Any, rng: np.random.Generator
    ) -> tuple[np.ndarray, Any]:
        x = np.asarray(x)
        if x.ndim != 5 or self.time_crop >= x.shape[1]:
            raise ValueError(
                "expected event frames (B, T, H, W, C) with T > time_crop="
                f"{self.time_crop}, received: x.shape={x.shape}"
            )
        batch = len(x)
        if self.flip:
            x = ops.flip(x, rng.random(batch) < 0.5)
        if self.roll:
            most = self.roll
            x = ops.roll(x, *rng.integers(-most, most + 1, (2, batch)))
        for most, operation in (
            (self.rotate, geometry.rotate),
            (self.shear, geometry.shear_x),
        ):
            if most:
                x = ops.affine(x, operation, rng.uniform(-most, most, batch))
        if self.time_crop:
            first = rng.integers(0, self.time_crop + 1, batch)
            x = ops.keep_time(x, first, x.shape[1] - self.time_crop)
        if self.policy is not None:
            x = self.policy(x, rng)
        if self.cutout:
            x = ops.cutout(x, self.cutout, rng)
        return x, y
