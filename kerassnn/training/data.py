import dataclasses

import keras

from kerassnn.data import Splits


@dataclasses.dataclass(frozen=True)
class Data:
    """What a recipe trains and measures on.

    Args:
        name: Name of the data set.
        train: `kerassnn.data.Pipeline` of the training images.
        test: Pair of normalised images and one-hot labels, seen once, at the
            end.
        validation: Such a pair held out of the training set, seen after
            every epoch, or `None`.
    """

    name: str
    train: keras.utils.PyDataset
    test: tuple
    validation: tuple | None = None

    @classmethod
    def of(cls, splits: Splits, train: keras.utils.PyDataset) -> "Data":
        """From what `kerassnn.data.load` returns, and a pipeline."""

        def ready(pair):
            if pair is None:
                return None
            labels = keras.utils.to_categorical(pair[1], splits.classes)
            return splits.normalise(pair[0]), labels

        test, validation = ready(splits.test), ready(splits.validation)
        return cls(splits.name, train, test, validation)


def first(pair: tuple, examples: int) -> tuple:
    """The first images and labels of a training set; 0 for all of them."""
    x, y = pair
    return (x[:examples], y[:examples]) if examples else (x, y)
