"""Models inside models: taps by path, augmenting students, no graph."""

import keras
import numpy as np
import pytest
from keras import layers
from keras import ops

from kerassnn.distillation import METHODS
from kerassnn.distillation import SASTC
from kerassnn.distillation import TSER
from kerassnn.distillation import LogitsKD
from kerassnn.distillation.taps import Taps
from kerassnn.distillation.taps import suffix
from kerassnn.models import at_timesteps
from tests.distillation import nets

X, Y = nets.batch(8)
GIVEN = keras.Input(X.shape[1:])
LOSS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def wrapped(inner, first=None):
    """`first`, by default twice the input, and the net as one layer."""
    given = keras.Input((nets.SIZE, nets.SIZE, 1))
    x = (first or layers.Rescaling(2.0))(given)
    return keras.Model(given, inner(x))


def named(net, name):
    return keras.Model(net.input, net.output, name=name)


def fitted(distiller):
    distiller.compile("sgd", LOSS, run_eagerly=keras.backend.backend() != "jax")
    return distiller.fit(X, Y, batch_size=8, verbose=0).history["loss"][0]


def out(model, x):
    return ops.convert_to_numpy(model(x, training=False))


@pytest.mark.parametrize("name", ("inner/stage1", "stage1"))
def test_a_tap_inside_a_nested_model(name):
    net = named(nets.teacher(), "inner")
    for outer in (
        wrapped(net),
        keras.Sequential(
            [keras.Input(X.shape[1:]), layers.Rescaling(2.0), net]
        ),
        wrapped(named(wrapped(net, layers.Identity()), "between")),
    ):
        path = name
        if outer.layers[-1].name == "between" and "/" in name:
            path = f"between/{name}"
        taps = Taps(outer, {"a": path, "logits": "logits"}, "teacher")
        found = taps(X, training=False)
        stage = keras.Model(net.input, net.get_layer("stage1").output)
        np.testing.assert_array_equal(out(stage, 2 * X), found["a"])
        np.testing.assert_array_equal(out(net, 2 * X), found["logits"])


def test_a_path_that_leads_nowhere():
    teacher = wrapped(named(nets.teacher(), "inner"))
    with pytest.raises(ValueError, match="'inner/stage9'; nearest.*stage2"):
        SASTC(nets.student(), teacher, teacher_taps=("inner/stage9",))


def test_a_name_that_two_nested_models_have():
    inner = [named(nets.teacher(), name) for name in ("one", "two")]
    given = keras.Input(X.shape[1:])
    both = layers.Average()([net(given) for net in inner])
    with pytest.raises(ValueError, match="one/stage1.*two/stage1"):
        Taps(keras.Model(given, both), {"stage1": "stage1"}, "teacher")


@pytest.mark.parametrize("name", ("BlockReplacement", "CKDSNN", "TSER"))
def test_methods_see_through_both_nets(name):
    student = wrapped(nets.student(), layers.RandomFlip())
    assert np.isfinite(fitted(METHODS[name](student, wrapped(nets.teacher()))))


def test_the_network_behind_a_nested_tap():
    net = named(nets.teacher(), "inner")
    stage = keras.Model(net.input, net.get_layer("stage1").output)
    behind = suffix(wrapped(net), "inner/stage1")
    np.testing.assert_allclose(
        out(behind, stage(X)), out(net, X), rtol=1e-5, atol=1e-6
    )


def test_augmentation_reaches_the_student_alone():
    student = wrapped(nets.student(), layers.GaussianNoise(1.0))
    distiller = TSER(student, nets.teacher())
    views = distiller.views(X)
    expected = out(distiller.teacher, X)
    np.testing.assert_allclose(views["teacher"]["logits"], expected, rtol=1e-5)


def test_a_student_at_other_timesteps_has_its_own_taps():
    student = at_timesteps(nets.student(2), 3)
    taps = Taps(student, {"steps": "logits_t"}, "student")
    assert taps.shapes["steps"] == (None, 3, nets.CLASSES)


@keras.saving.register_keras_serializable("kerassnn_tests")
class Subclassed(keras.Model):
    """A teacher without a graph."""

    def __init__(self, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.flat = layers.Flatten()
        self.head = layers.Dense(nets.CLASSES, activation=activation)

    def call(self, x):
        return self.head(self.flat(x))


def test_a_teacher_without_a_graph():
    assert np.isfinite(fitted(LogitsKD(nets.student(), Subclassed())))
    with pytest.raises(ValueError, match="functional or sequential.*teacher="):
        SASTC(nets.student(), Subclassed(), teacher_taps=("head",))
    with pytest.raises(ValueError, match="teacher must give logits.*add up"):
        fitted(LogitsKD(nets.student(), Subclassed("softmax")))


def test_weights_into_a_new_distiller(tmp_path):
    path = tmp_path / "distiller.weights.h5"
    make = METHODS["FitNet"]
    old = make(nets.student(), nets.teacher())
    fitted(old)
    old.save_weights(path)
    new = make(nets.student(), nets.teacher())
    new.load_weights(path)
    for a, b in zip(old.get_weights(), new.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
