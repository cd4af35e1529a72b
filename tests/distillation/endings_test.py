"""Probabilities where logits are expected, in nets and in losses."""

import functools

import keras
import pytest
from keras import layers
from keras import losses
from keras import ops

from kerassnn.distillation import LogitsKD
from kerassnn.distillation.compiled import check_loss
from tests.distillation import nets

GIVEN = keras.Input((nets.SIZE, nets.SIZE, 1))
Z = layers.Dense(3)(layers.Flatten()(GIVEN))
SOFT = keras.Model(GIVEN, layers.Activation("softmax")(Z))
STEPS = layers.RepeatVector(2)(Z)
PROBABILITIES = {
    "activation of a layer": layers.Dense(3, activation="softmax")(Z),
    "Activation": layers.Activation("sigmoid")(Z),
    "layer": layers.Softmax()(Z),
    "operation": ops.softmax(Z),
    "sigmoid": ops.sigmoid(Z),
    "function": keras.activations.softmax(Z),
    "before a dropout": layers.Dropout(0.1)(ops.softmax(Z)),
    "before nothing": layers.Activation("linear")(SOFT(GIVEN)),
    "nested": SOFT(layers.Rescaling(2.0)(GIVEN)),
    "mean of two": layers.Average()([SOFT(GIVEN), SOFT(GIVEN)]),
    "mean over time": ops.mean(
        layers.TimeDistributed(layers.Softmax())(STEPS), axis=1
    ),
}


@pytest.mark.parametrize("name", PROBABILITIES)
def test_a_net_of_probabilities(name):
    net = keras.Model(GIVEN, PROBABILITIES[name])
    for nested in (net, keras.Sequential([keras.Input(GIVEN.shape[1:]), net])):
        with pytest.raises(ValueError, match="teacher must give logits.*soft"):
            LogitsKD(nets.student(), nested)


@pytest.mark.parametrize("logits", (Z, ops.log_softmax(Z)), ids=("z", "log"))
def test_a_net_of_logits(logits):
    LogitsKD(nets.student(), keras.Model(GIVEN, logits))


def test_a_net_whose_function_cannot_be_read():
    soft = layers.Lambda(lambda z: ops.softmax(z), output_shape=(3,))(Z)
    distiller = LogitsKD(nets.student(), keras.Model(GIVEN, soft))
    loss = losses.SparseCategoricalCrossentropy(from_logits=True)
    distiller.compile("sgd", loss)
    with pytest.raises(ValueError, match="teacher must give logits.*add up"):
        distiller.fit(*nets.batch(8), verbose=0)


def test_the_nets_the_wrong_way_round():
    with pytest.raises(ValueError, match="student first.*exchanged"):
        LogitsKD(nets.teacher(), nets.student())


@pytest.mark.parametrize(
    "loss",
    (
        "sparse_categorical_crossentropy",
        "SparseCategoricalCrossentropy",
        "CategoricalFocalCrossentropy",
        "bce",
        "crossentropy",
        "kl_divergence",
        "poisson",
        losses.KLDivergence(),
        losses.CategoricalCrossentropy(),
        losses.sparse_categorical_crossentropy,
        functools.partial(losses.binary_crossentropy, label_smoothing=0.1),
        ["bce"],
        {"logits": ["bce"]},
        losses.serialize(losses.CategoricalCrossentropy()),
    ),
)
def test_a_loss_on_probabilities(loss):
    with pytest.raises(ValueError, match="from_logits=True.*Received: loss="):
        check_loss(loss)


@pytest.mark.parametrize(
    "loss",
    (
        None,
        "mse",
        "categorical_hinge",
        losses.BinaryCrossentropy(from_logits=True),
        losses.serialize(losses.CategoricalCrossentropy(from_logits=True)),
        functools.partial(losses.binary_crossentropy, from_logits=True),
        lambda y, z: ops.mean(z),
    ),
)
def test_a_loss_on_logits(loss):
    check_loss(loss)
