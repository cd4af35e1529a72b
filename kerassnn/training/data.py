import dataclasses
from typing import Any

import keras

from kerassnn.data import Pipeline
from kerassnn.data import Records
from kerassnn.data import Splits


@dataclasses.dataclass(frozen=True)
class Data:
    """What a recipe trains and measures on.

    Args:
        name: Name of the data set.
        train: `kerassnn.data.Pipeline`, or `Records`, of the training images.
        test: Pair of normalised images and one-hot labels, or `Records` that
            are streamed, seen once, at the end.
        validation: A pair held out of the training set, seen after every
            epoch, or `None`.
    """

    name: str
    train: Pipeline | Records
    test: tuple | Records
    validation: tuple | None = None

    @classmethod
    def of(cls, splits: Splits | Records, train: Pipeline | Records) -> "Data":
        """From what `kerassnn.data.load` returns, and a pipeline.

        Of a set that is streamed, from `Records` of the test images.
        """
        if isinstance(splits, Records):
            return cls(splits.name, train, splits)

        def ready(pair):
            if pair is None:
                return None
            labels = keras.utils.to_categorical(pair[1], splits.classes)
            return splits.normalise(pair[0]), labels

        test, validation = ready(splits.test), ready(splits.validation)
        return cls(splits.name, train, test, validation)

    @property
    def test_images(self) -> int:
        """Number of them."""
        test = self.test
        return test.examples if isinstance(test, Records) else len(test[1])

    def measure(self, model: keras.Model, batch_size: int) -> dict[str, float]:
        """Loss and metrics of a compiled model on the test images."""
        options: dict[str, Any] = {"verbose": 0, "return_dict": True}
        if isinstance(self.test, Records):
            return model.evaluate(self.test.feed(), **options)
        x, y = self.test
        return model.evaluate(x, y, batch_size=batch_size, **options)

    def some(self, count: int) -> Any:
        """The first images that are not trained on, at most `count`."""
        shown = self.validation or self.test
        x, _ = shown.batch(0, 0) if isinstance(shown, Records) else shown
        return x[:count]


def first(pair: tuple, examples: int) -> tuple:
    """The first images and labels of a training set; 0 for all of them."""
    x, y = pair
    return (x[:examples], y[:examples]) if examples else (x, y)
