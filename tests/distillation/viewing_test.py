"""Teachers that see something else than their students."""

import keras
import numpy as np
import pytest
from keras import ops

from kerassnn import layers
from kerassnn.distillation import METHODS
from kerassnn.distillation import HardLabel
from kerassnn.distillation import LogitsKD
from tests.distillation import methods_test as nets
from tests.reference import losses as twin

RNG = np.random.default_rng(0)
T = 3
FRAMES = RNG.poisson(0.7, (6, T, 8, 8, 2)).astype("float32")
IMAGES = RNG.normal(size=(6, 8, 8, 1)).astype("float32")
Y = np.arange(6, dtype="int32")
LOSS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


@keras.saving.register_keras_serializable("kerassnn_tests")
class Brightest(keras.layers.Layer):
    """The largest count of each pixel, times a weight."""

    def build(self, input_shape):
        self.gain = self.add_weight(shape=(), initializer="ones", name="gain")

    def call(self, inputs):
        return self.gain * ops.max(inputs, axis=1)


def last_frame(x):
    return x[:, -1]


def student():
    keras.utils.set_random_seed(3)
    return nets.snn(input_shape=(T, 8, 8, 2))


def teacher(channels=2):
    keras.utils.set_random_seed(4)
    shape = (8, 8, channels)
    return nets.net(nets.models.Analog(), width=6, input_shape=shape)


def fit(distiller, x, rate=3e-3, epochs=1):
    if not distiller.compiled:
        optimizer = keras.optimizers.Adam(rate)
        distiller.compile(optimizer, LOSS, run_eagerly=nets.EAGER)
    given = {"batch_size": 6, "epochs": epochs, "verbose": 0}
    return distiller.fit(x, Y, shuffle=False, **given).history


# What is given to `fit`, and what of it the teacher is to see.
VIEWS = {
    "mean frame": ("mean frame", FRAMES, FRAMES.mean(axis=1)),
    "pair": ("pair", (FRAMES, IMAGES), IMAGES),
    "layer": (Brightest, FRAMES, FRAMES.max(axis=1)),
    "our layer": (layers.MeanReadout, FRAMES, FRAMES.mean(axis=1)),
    "function": (last_frame, FRAMES, FRAMES[:, -1]),
}


def given(name):
    view, x, seen = VIEWS[name]
    return view() if isinstance(view, type) else view, x, seen


def refused(message):
    return pytest.raises(ValueError, match=rf"(?s){message}")


@pytest.mark.numeric
@pytest.mark.parametrize("name", VIEWS)
def test_the_teacher_sees_what_numpy_makes_of_it(name):
    view, x, seen = given(name)
    weight = RNG.normal(size=(seen[0].size, 4)).astype("float32")
    flat = keras.Sequential(
        [
            keras.Input(seen.shape[1:]),
            keras.layers.Flatten(),
            keras.layers.Dense(4, use_bias=False),
        ]
    )
    flat.set_weights([weight])
    net = nets.snn(input_shape=(T, 8, 8, 2), classes=4)
    distiller = LogitsKD(net, flat, temperature=2.0, teacher_view=view)
    # Of what `fit` divides by B, and in which the weights do not move.
    logits = ops.convert_to_numpy(net(FRAMES, training=True))
    optimizer = keras.optimizers.SGD(0.0)
    distiller.compile(optimizer, LOSS, run_eagerly=nets.EAGER)
    found = distiller.fit(x, Y % 4, batch_size=6, verbose=0).history["kd"][0]
    z = seen.reshape(6, -1).astype("float64") @ weight
    np.testing.assert_allclose(found, twin.kd(z, logits, 2.0), rtol=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["mean frame", "pair", "layer"])
@pytest.mark.parametrize("method", ["LogitsKD", "BlockReplacement", "SASTC"])
def test_methods_train_resume_and_predict(method, name, tmp_path):
    view, x, seen = given(name)
    taught = teacher(seen.shape[-1])
    distiller = METHODS[method](student(), taught, teacher_view=view)
    before = taught.get_weights()
    losses = fit(distiller, x, epochs=2)["loss"]
    assert np.isfinite(losses).all() and losses[-1] < losses[0]
    for a, b in zip(before, taught.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    if isinstance(view, Brightest):
        assert float(view.gain) == 1.0
    expected = distiller.predict(FRAMES, verbose=0)
    if name == "pair":  # as data for validation may come
        np.testing.assert_array_equal(distiller.predict(x, verbose=0), expected)
    distiller.save(tmp_path / "distiller.keras")
    loaded = keras.saving.load_model(tmp_path / "distiller.keras")
    loaded.run_eagerly = nets.EAGER
    np.testing.assert_array_equal(loaded.predict(FRAMES, verbose=0), expected)
    more = [fit(each, x)["loss"] for each in (distiller, loaded)]
    np.testing.assert_array_equal(*more)


@pytest.mark.parametrize("name", METHODS)
def test_every_method_takes_a_view(name):
    channels = 2
    options = {"teacher_view": "mean frame"}
    net = student()
    distiller = METHODS[name](net, teacher=teacher(channels), **options)
    views = distiller.teacher_views(ops.convert_to_tensor(FRAMES))
    expected = distiller.teacher(FRAMES.mean(axis=1), training=False)
    np.testing.assert_allclose(
        ops.convert_to_numpy(views["logits"]),
        ops.convert_to_numpy(expected),
        rtol=1e-4,
        atol=1e-5,
    )
    assert distiller.get_config()["teacher_view"] == "mean frame"


def test_pairs_from_batches():
    batches = [((FRAMES, IMAGES), Y)] * 2
    distiller = LogitsKD(student(), teacher(1), teacher_view="pair")
    distiller.compile("sgd", LOSS, run_eagerly=nets.EAGER)
    logs = distiller.fit((b for b in batches), steps_per_epoch=2, verbose=0)
    assert np.isfinite(logs.history["loss"]).all()


def test_a_subclassed_teacher_sees_its_view():
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.inner = teacher()

        def call(self, x):
            return self.inner(x)

    distiller = LogitsKD(student(), Own(), teacher_view="mean frame")
    assert np.isfinite(fit(distiller, FRAMES)["loss"]).all()


def test_views_that_cannot_be():
    for view in ("mean", 3, lambda x: x[:, 0]):
        with refused("teacher_view.*mean frame.*name.*Received"):
            LogitsKD(student(), teacher(), teacher_view=view)
    with refused(r"take what it is to see.*\(None, 8, 8, 1\).*8, 8, 2\)"):
        LogitsKD(student(), teacher(1), teacher_view="mean frame")
    with refused(r"same input.*\(None, 8, 8, 2\).*\(None, 3, 8, 8, 2\)"):
        LogitsKD(student(), teacher())
    with refused("take the student's input.*raises"):
        LogitsKD(student(), teacher(), teacher_view=np.fft.fft)
    with refused("take the student's input.*raises"):
        LogitsKD(student(), teacher(), teacher_view=keras.layers.Conv1D(2, 9))
    with refused("expected a teacher for `teacher_view`"):
        HardLabel(student(), teacher_view="mean frame")


def test_data_that_are_no_pairs():
    distiller = LogitsKD(student(), teacher(1), teacher_view="pair")
    with refused(r"pair.*Received: ndarray of shape \(6, 3, 8, 8, 2\)"):
        fit(distiller, FRAMES)
    with refused(r"teacher's `x` must have shape \(None, 8, 8, 1\)"):
        fit(distiller, (FRAMES, FRAMES))
    with refused("teacher's `x` must be finite"):
        fit(distiller, (FRAMES, IMAGES * np.nan))
    with refused(r"`x` must have shape \(None, 3, 8, 8, 2\)"):
        fit(distiller, (IMAGES, IMAGES))
