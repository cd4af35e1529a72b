"""What `fit` is given in place of a pipeline."""

import keras
import numpy as np
import pytest

from kerassnn import data

X = np.arange(11.0, dtype="float32").reshape(11, 1, 1, 1)
Y = np.arange(11) % 3


def pipeline():
    return data.Pipeline(X, Y, 4, one_hot=3, seed=1)


def same(batches, epoch, steps):
    expected = [pipeline().batch(epoch, step) for step in steps]
    for (x, y), (ours, labels) in zip(expected, batches, strict=True):
        np.testing.assert_array_equal(x, ours)
        np.testing.assert_array_equal(y, labels)


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="TensorFlow's own dataset"
)
def test_on_tensorflow_a_dataset_that_is_not_tuned():
    train = pipeline()
    dataset = train.feed()
    # The thread that tunes keeps an epoch's end waiting, at random.
    assert dataset.options().autotune.enabled is False
    assert int(dataset.cardinality()) == 3
    same(dataset.as_numpy_iterator(), 0, [0, 1, 2])
    train.epoch = 1
    same(dataset.as_numpy_iterator(), 1, [0, 1, 2])


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="TensorFlow's own dataset"
)
def test_the_rest_of_an_epoch():
    train = pipeline()
    train.epoch, train.start_step = 2, 1
    dataset = train.feed()
    assert int(dataset.cardinality()) == 2
    same(dataset.as_numpy_iterator(), 2, [1, 2])


@pytest.mark.skipif(
    keras.backend.backend() == "tensorflow", reason="Keras feeds these alike"
)
def test_on_other_backends_the_pipeline():
    train = pipeline()
    assert train.feed() is train
