"""Layers without weights that a network calls more than once."""

import keras
import numpy as np
import pytest
from keras import ops

from kerassnn import layers
from kerassnn import models

Dense, ReLU = keras.layers.Dense, keras.layers.ReLU


def twice(first, second):
    """Two activations in a row of dense layers, and one behind a sum."""
    inputs = keras.Input((6,))
    x = first(Dense(6, name="one")(inputs))
    y = second(Dense(6, name="two")(x))
    return keras.Model(inputs, Dense(3, name="head")(y + x))


def nested(first, second):
    def block(activation, name):
        inputs = keras.Input((6,))
        x = activation(Dense(6, name=f"{name}_dense")(inputs))
        return keras.Model(inputs, x, name=name)

    inputs = keras.Input((6,))
    x = block(second, "b")(block(first, "a")(inputs))
    return keras.Model(inputs, Dense(3, name="head")(first(x)))


def a_model_twice(first, second):
    def model(activation):
        inputs = keras.Input((6,))
        return keras.Model(inputs, activation(inputs), name=activation.name)

    one = model(first)
    other = one if first is second else model(second)
    inputs = keras.Input((6,))
    x = other(Dense(6, name="two")(one(Dense(6, name="one")(inputs))))
    return keras.Model(inputs, Dense(3, name="head")(x))


@pytest.mark.parametrize("build", (twice, nested, a_model_twice))
@pytest.mark.parametrize("with_data", (False, True))
def test_one_relu_for_all_is_a_neuron_for_each(build, with_data):
    shared = ReLU(name="relu")
    one, other = build(shared, shared), build(ReLU(), ReLU())
    models.transfer(one, other)
    rng = np.random.default_rng(0)
    x = rng.normal(size=(16, 6)).astype("float32")
    data = x if with_data else None
    students = [models.convert(net, 4, data=data) for net in (one, other)]
    found, expected = (ops.convert_to_numpy(s(x)) for s in students)
    np.testing.assert_array_equal(found, expected)
    assert np.ptp(found) > 0
    neurons = [
        {x.name for x in s.layers if isinstance(x, layers.IntegrateFire)}
        for s in students
    ]
    assert len(neurons[0]) == len(neurons[1]) == (3 if build is nested else 2)


def test_a_new_name_is_not_that_of_another_layer():
    shared = ReLU(name="relu")
    inputs = keras.Input((6,))
    x = shared(Dense(6)(inputs))
    x = shared(Dense(6)(x))
    x = ReLU(name="relu_1")(Dense(6)(x))
    net = keras.Model(inputs, Dense(3)(x))
    student = models.convert(net, 2)
    names = [
        x.name for x in student.layers if isinstance(x, layers.IntegrateFire)
    ]
    assert names == ["relu", "relu_2", "relu_1"]


def test_one_pooling_for_all():
    pool = keras.layers.AveragePooling2D(2, name="pool")

    def build(first, second):
        inputs = keras.Input((8, 8, 2))
        x = keras.layers.Conv2D(3, 3, padding="same", name="one")(inputs)
        x = first(ReLU()(x))
        x = keras.layers.Conv2D(3, 3, padding="same", name="two")(x)
        x = keras.layers.Flatten()(second(ReLU()(x)))
        return keras.Model(inputs, Dense(3, name="head")(x))

    one = build(pool, pool)
    other = build(*(keras.layers.AveragePooling2D(2) for _ in range(2)))
    models.transfer(one, other)
    x = np.random.default_rng(0).normal(size=(8, 8, 8, 2)).astype("float32")
    found, expected = (
        ops.convert_to_numpy(models.convert(net, 4, data=x)(x))
        for net in (one, other)
    )
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("activation", (None, "relu"))
def test_shared_weights_are_refused_by_name(activation):
    shared = Dense(6, activation=activation, name="shared")
    inputs = keras.Input((6,))
    x = shared(ReLU()(Dense(6)(inputs)))
    net = keras.Model(inputs, Dense(3)(shared(ReLU()(x))))
    with pytest.raises(ValueError, match="every weight in one place.*'shared'"):
        models.convert(net, 4)
