"""The three parts of a data set and the constants that belong to it."""

import dataclasses

import numpy as np

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

    @property
    def input_shape(self):
        return self.train[0].shape[1:]

    @property
    def fill(self):
        """The mean colour as stored values: what to paint holes with."""
        return tuple(round(m * self.scale) for m in self.mean)

    def normalise(self, x):
        """(x / scale - mean) / std as float32, one multiply-add a value."""
        mean, std = np.float64(self.mean), np.float64(self.std)
        # Full rows of constants: a broadcast over C=3 alone is 4x slower.
        repeats = x.shape[-2]
        gain = np.tile(1 / (self.scale * std), repeats).astype("float32")
        offset = np.tile(-mean / std, repeats).astype("float32")
        rows = x.reshape(*x.shape[:-2], -1)
        out = np.multiply(rows, gain, dtype="float32")
        out += offset
        return out.reshape(x.shape)

    def hold_out(self, n, seed=0):
        """A copy whose validation part is n images taken out of train."""
        x, y = self.train
        if not 0 <= n < len(y):
            raise ValueError(
                f"expected 0 <= validation < {len(y)}, received: validation={n}"
            )
        if n == 0:
            return dataclasses.replace(self, validation=None)
        held = np.zeros(len(y), bool)
        held[stratified(y, n, seed)] = True
        return dataclasses.replace(
            self, train=(x[~held], y[~held]), validation=(x[held], y[held])
        )

    def first_classes(self, k):
        """A copy with the images of the classes 0 to k - 1 alone."""
        if not 2 <= k <= self.classes:
            raise ValueError(
                f"expected 2 <= k <= {self.classes}, the classes of "
                f"{self.name}, received: k={k}"
            )
        parts = {}
        for part in ("train", "validation", "test"):
            pair = getattr(self, part)
            if pair is not None:
                keep = pair[1] < k
                pair = (pair[0][keep], pair[1][keep])
            parts[part] = pair
        return dataclasses.replace(self, classes=k, **parts)

    def few_labels(self, share, seed=0):
        """A copy with a share of train, every class in its share."""
        x, y = self.train
        n = round(share * len(y))
        if not 0 < n <= len(y):
            raise ValueError(
                f"expected 0 < share <= 1 of {len(y)} training images, "
                f"received: share={share}"
            )
        keep = stratified(y, n, seed)
        return dataclasses.replace(self, train=(x[keep], y[keep]))

    def take(self, n, seed=0):
        """A copy with at most n images a part, every class in its share."""
        if n < 1:
            raise ValueError(f"expected n >= 1, received: n={n}")
        parts = {}
        for part in ("train", "validation", "test"):
            pair = getattr(self, part)
            if pair is not None and len(pair[1]) > n:
                keep = stratified(pair[1], n, seed)
                pair = (pair[0][keep], pair[1][keep])
            parts[part] = pair
        return dataclasses.replace(self, **parts)
