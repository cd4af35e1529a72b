"""The three parts of a data set and the constants that belong to it."""

import dataclasses
from typing import Any

import numpy as np

from kerassnn.data.arguments import check_float
from kerassnn.data.arguments import check_int
from kerassnn.data.normalising import normalise
from kerassnn.data.rows import Joined
from kerassnn.data.rows import choose
from kerassnn.data.stratify import part_of_each
from kerassnn.data.stratify import stratified


@dataclasses.dataclass(frozen=True)
class Splits:
    """A data set as arrays: train, validation (out of train) and test.

    Args:
        name: String, the data set.
        classes: Int K.
        scale: Float, the stored value that stands for 1.0.
        mean: Tuple of C floats, of the training images on the unit scale.
        std: Tuple of C floats, likewise.
        train: Pair of x (N, H, W, C) uint8 and y (N,) int32.
        validation: Pair as `train`, or `None`.
        test: Pair as `train`.
        class_names: Tuple of K strings, or `()` where they are not known.
        split: String, whose split into train and test it is, as a card may
            state it.

    Example:
        >>> splits = kerassnn.data.load("digits", validation=237)
        >>> len(splits.train[1]), len(splits.validation[1])
        (1200, 237)
    """

    name: str
    classes: int
    scale: float
    mean: tuple
    std: tuple
    train: tuple
    validation: tuple | None
    test: tuple
    class_names: tuple = ()
    split: str = "official"

    def __repr__(self):
        parts = {
            "train": self.train,
            "validation": self.validation,
            "test": self.test,
        }
        shown = ", ".join(
            f"{part}={pair and f'{tuple(pair[0].shape)} {pair[0].dtype}'}"
            for part, pair in parts.items()
        )
        return f"Splits({self.name!r}, classes={self.classes}, {shown})"

    @property
    def input_shape(self) -> tuple[int, ...]:
        return self.train[0].shape[1:]

    @property
    def fill(self) -> tuple[int, ...]:
        """The mean colour as stored values: what to paint holes with."""
        return tuple(round(m * self.scale) for m in self.mean)

    def normalise(self, x: Any) -> Any:
        """(x / scale - mean) / std as float32, of arrays and of tensors.

        See `kerassnn.data.normalise`.
        """
        return normalise(x, mean=self.mean, std=self.std, scale=self.scale)

    def hold_out(self, n: int, seed: int = 0) -> "Splits":
        """A copy whose validation part is n images taken out of train."""
        x, y = self.train
        check_int("validation", n, 0, len(y) - 1)
        if n == 0:
            return dataclasses.replace(self, validation=None)
        held = np.zeros(len(y), bool)
        held[stratified(y, n, seed)] = True
        return dataclasses.replace(
            self,
            train=(choose(x, ~held), y[~held]),
            validation=(choose(x, held), y[held]),
        )

    def fold(self, k: int, folds: int) -> "Splits":
        """A copy for cross-validation, of train and test together.

        All that is not held out is cut into parts in which every class has
        its share, the same ones in every call. One is for testing.

        Args:
            k: Int, 0 to folds - 1, the part for testing.
            folds: Int >= 2, parts.
        """
        check_int("folds", folds, 2, len(self.train[1]))
        check_int("k", k, 0, folds - 1)
        x = Joined(self.train[0], self.test[0])
        y = np.concatenate([self.train[1], self.test[1]])
        part = part_of_each(y, folds)
        return dataclasses.replace(
            self,
            train=(choose(x, part != k), y[part != k]),
            test=(choose(x, part == k), y[part == k]),
            split=f"part {k + 1} of {folds} for testing, stratified, seed 0",
        )

    def first_classes(self, k: int) -> "Splits":
        """A copy with the images of the classes 0 to k - 1 alone."""
        check_int("k", k, 2, self.classes)
        parts = {}
        for part in ("train", "validation", "test"):
            pair = getattr(self, part)
            if pair is not None:
                keep = pair[1] < k
                pair = (choose(pair[0], keep), pair[1][keep])
            parts[part] = pair
        names = self.class_names[:k]
        return dataclasses.replace(self, classes=k, class_names=names, **parts)

    def few_labels(self, share: float, seed: int = 0) -> "Splits":
        """A copy with a share of train, every class in its share."""
        x, y = self.train
        check_float("share", share, 0.0, 1.0)
        n = round(share * len(y))
        if not 0 < n <= len(y):
            raise ValueError(
                f"expected 0 < share <= 1 of {len(y)} training images, "
                f"received: share={share}"
            )
        keep = stratified(y, n, seed)
        return dataclasses.replace(self, train=(choose(x, keep), y[keep]))

    def take(self, n: int, seed: int = 0) -> "Splits":
        """A copy with at most n images a part, every class in its share."""
        check_int("n", n, 1)
        parts = {}
        for part in ("train", "validation", "test"):
            pair = getattr(self, part)
            if pair is not None and len(pair[1]) > n:
                keep = stratified(pair[1], n, seed)
                pair = (choose(pair[0], keep), pair[1][keep])
            parts[part] = pair
        return dataclasses.replace(self, **parts)
