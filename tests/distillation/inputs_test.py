"""Bad input: a ValueError that says what was expected and received."""

import keras
import numpy as np
import pytest
from keras import ops

from kerassnn.distillation import METHODS
from kerassnn.distillation import SASTC
from kerassnn.distillation import TSER
from kerassnn.distillation import HardLabel
from kerassnn.distillation import LogitsKD
from kerassnn.distillation import fitting
from kerassnn.distillation import similarity
from tests.distillation import nets

X, Y = nets.batch(8)
TAUGHT = [n for n, m in METHODS.items() if m.needs_teacher]


def refused(message):
    return pytest.raises(ValueError, match=rf"(?s){message}")


def sized(classes=nets.CLASSES, inputs=(nets.SIZE, nets.SIZE, 1)):
    """An ANN of other shapes, with the taps' names."""
    x = given = keras.Input(inputs)
    for n in (1, 2):
        x = keras.layers.Conv2D(2, 2, 2, name=f"stage{n}")(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    return keras.Model(given, keras.layers.Dense(classes, name="head")(x))


def trained(x=X, y=Y, model=None):
    distiller = HardLabel(model or nets.student())
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    distiller.compile("sgd", loss, run_eagerly=True)
    distiller.fit(x, y, batch_size=8, verbose=0)


@pytest.mark.parametrize("name", TAUGHT)
def test_other_number_of_classes(name):
    with refused("same number of classes.*teacher 5.*student 3"):
        METHODS[name](nets.student(), sized(classes=5))


@pytest.mark.parametrize("name", TAUGHT)
def test_no_teacher(name):
    with refused("expected a teacher.*teacher=None"):
        METHODS[name](nets.student(), None)


def test_other_input_shape():
    with refused(r"same input.*\(None, 8, 8, 1\).*\(None, 4, 4, 1\)"):
        LogitsKD(nets.student(), sized(inputs=(8, 8, 1)))


@pytest.mark.parametrize("role", ("student", "teacher"))
def test_unknown_tap(role):
    taps = {f"{role}_taps": ("stage1", "stage9")}
    with refused(f"the {role}.*no layer for the tap 'stage9'.*stage2"):
        SASTC(nets.student(), nets.teacher(), **taps)


def test_unknown_weight():
    with refused("keys among.*kd.*task.*Received.*entropy"):
        LogitsKD(nets.student(), nets.teacher(), loss_weights={"entropy": 1.0})


@pytest.mark.parametrize("temperature", (0, -1.0, "4"))
def test_bad_temperature(temperature):
    with refused(f"positive.*temperature={temperature!r}"):
        LogitsKD(nets.student(), nets.teacher(), temperature=temperature)


def test_taps_in_one_string():
    with refused("sequence of names.*'stage1'"):
        SASTC(nets.student(), nets.teacher(), student_taps="stage1")


@pytest.mark.parametrize("name", METHODS)
def test_what_is_no_model(name):
    taught = (nets.teacher(),) if name in TAUGHT else ()
    with refused("functional.*student='resnet'"):
        METHODS[name]("resnet", *taught)


def test_a_student_that_is_its_teacher():
    net = nets.student()
    with refused("not share weights.*Received: 12 shared"):
        LogitsKD(net, net)


@pytest.mark.slow
def test_a_sequential_teacher_will_do():
    layers = keras.layers
    teacher = keras.Sequential(
        [
            keras.Input((nets.SIZE, nets.SIZE, 1)),
            layers.Conv2D(2, 2, 2, name="stage1"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(nets.CLASSES, name="head"),
        ]
    )
    taps = {"student_taps": ("stage2",), "teacher_taps": ("stage1",)}
    for name in ("BlockReplacement", "CKDSNN", "SASTC"):
        distiller = METHODS[name](nets.student(), teacher, **taps)
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        distiller.compile("sgd", loss, run_eagerly=True)
        fit = distiller.fit(X, Y, batch_size=8, verbose=0)
        assert np.isfinite(fit.history["loss"]).all()


def test_student_without_time():
    with refused(r"tap 'stage1' expects.*\(B, T, \.\.\.\)|logits_t"):
        TSER(nets.teacher(), nets.teacher())


def test_rates_for_maps_of_every_step():
    with refused(r"'stage1' .*\(B, T, H, W, C\).*\(None, 4, 4, 3\)"):
        SASTC(nets.teacher(), nets.teacher())


def test_probabilities_for_logits():
    student = nets.student()
    softmax = keras.layers.Activation("softmax", name="p")(student.output)
    with refused("logits.*softmax"):
        HardLabel(keras.Model(student.input, softmax))
    name = "sparse_categorical_crossentropy"
    for loss in (name, getattr(keras.losses, name)):
        distiller = HardLabel(nets.student())
        distiller.compile("sgd", loss)
        with refused("from_logits=True.*loss="):
            distiller.fit(X, Y, verbose=0)


@pytest.mark.parametrize(
    "x, message",
    (
        (X[..., 0], r"shape \(None, 4, 4, 1\).*\(8, 4, 4\)"),
        (X[:, :3], r"shape \(None, 4, 4, 1\).*\(8, 3, 4, 1\)"),
        (X.astype(str), "real numbers.*dtype <U"),
        (X.astype(complex), "real numbers.*complex128"),
        (np.where(X > 1, np.nan, X), "finite.*values NaN"),
        (np.where(X > 1, np.inf, X), "finite.*infinite"),
    ),
    ids=("rank", "size", "string", "complex", "nan", "inf"),
)
def test_bad_images(x, message):
    with refused(message):
        trained(x=x)


@pytest.mark.parametrize("bad", (np.nan, np.inf))
def test_bad_images_are_not_evaluated(bad):
    distiller = HardLabel(nets.student())
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    distiller.compile("sgd", loss)
    with refused("`x` must be finite"):
        distiller.evaluate(np.where(X > 1, bad, X), Y, verbose=0)
    with refused(r"\(0, 4, 4, 1\)"):
        distiller.evaluate(x=X[:0], y=Y[:0], verbose=0)
    with refused("validation images must be finite"):
        distiller.fit(X, Y, validation_data=(X * bad, Y), verbose=0)
    assert distiller.optimizer.iterations == 0
    history = distiller.fit(X, Y, validation_data=(X, Y), verbose=0).history
    assert np.isfinite(history["val_loss"]).all()
    with refused("real numbers"):
        distiller.evaluate(X.astype(str), Y, verbose=0)
    found = distiller.evaluate(X, Y, verbose=0, return_dict=True)
    assert np.isfinite(found["loss"])


@pytest.mark.parametrize("y", (Y + 1, Y - 1))
def test_bad_labels(y):
    with refused(r"labels must lie in 0\.\.2.*Received"):
        trained(y=y)


def test_other_number_of_frames():
    frames = keras.Input((4, 4, 4, 1))
    x = keras.layers.GlobalAveragePooling3D()(frames)
    model = keras.Model(frames, keras.layers.Dense(3)(x))
    x = np.zeros((8, 2, 4, 4, 1), "float32")
    with refused(r"shape \(None, 4, 4, 4, 1\).*\(8, 2, 4, 4, 1\)"):
        trained(x, model=model)


@pytest.mark.slow
@pytest.mark.parametrize("name", ("SASTC", "SemCKD"))
def test_larger_batches_than_attention_is_wide(name):
    distiller = METHODS[name](nets.student(), nets.teacher())
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    distiller.compile("sgd", loss, run_eagerly=True)
    for size in (3, 8):
        fit = distiller.fit(X, Y, batch_size=size, verbose=0)
        assert np.isfinite(fit.history["loss"]).all()
    assert distiller.batch_size == 3


@pytest.mark.parametrize("samples", (3, 4, 6, 8))
def test_similarities_are_those_within_a_group(samples):
    maps = X[:samples].reshape(samples, 2, -1)
    found = similarity.step_similarities(ops.convert_to_tensor(maps), 4)
    expected = np.zeros((2, samples, 4))
    for b in range(samples):
        for other in range(b - b % 4, min(samples, b - b % 4 + 4)):
            products = np.sum(maps[b] * maps[other], axis=-1)
            expected[:, b, other % 4] = products
    np.testing.assert_allclose(
        ops.convert_to_numpy(found), expected, rtol=1e-5, atol=1e-6
    )


class Loader:
    """Batches without a length or an index, as a torch DataLoader's."""

    batch_size = 4

    def __iter__(self):
        return iter([(X[:4], Y[:4]), (X[4:], Y[4:])])


def test_the_batch_size_of_a_loader():
    distiller = SASTC(nets.student(), nets.teacher())
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    distiller.compile("sgd", loss)
    assert fitting.check_fit(distiller, {"x": Loader()}) == 4


def test_a_loss_that_is_not_finite_stops_the_run():
    distiller = HardLabel(nets.student())
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    distiller.compile(keras.optimizers.SGD(1e38), loss, run_eagerly=True)
    with pytest.raises(
        FloatingPointError, match="loss is .*epoch|not finite after epoch"
    ):
        distiller.fit(X, Y, batch_size=2, epochs=5, verbose=0)
