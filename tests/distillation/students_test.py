"""Kinds of students, sizes, dtypes and single logits: each method with each."""

import keras
import numpy as np
import pytest
from keras import ops

from kerassnn import distillation
from kerassnn import layers
from kerassnn import models
from kerassnn.distillation import METHODS
from kerassnn.distillation import adapters
from kerassnn.distillation import losses
from kerassnn.distillation.methods.htakl import head_tail_kl
from kerassnn.distillation.students import KINDS
from kerassnn.ops import adaptive_max_pool
from kerassnn.papers import ABSTRACT_ONLY
from tests.distillation.methods_test import net
from tests.gradients import value_and_gradient
from tests.reference import losses as twin

RNG = np.random.default_rng(0)
X = RNG.normal(size=(4, 8, 8, 1)).astype("float32")
FRAMES = RNG.normal(size=(4, 4, 8, 8, 1)).astype("float32")
ROWS = {row["method"]: row for row in distillation.compatibility()}
MAPS = [n for n, m in METHODS.items() if m.needs_teacher and m.default_taps]
SIZED = [n for n in MAPS if n != "BlockReplacement"]  # it must enter a layer


def flow(kind="spiking"):
    neuron = layers.LIF(tau=4.0)
    return {
        "rate-based": lambda: models.RateBased(neuron),
        "STAA": models.STAA,
        "ANN": models.Analog,
    }.get(kind, lambda: models.Unrolled(neuron))()


def make(name, student, teacher):
    method = METHODS[name]
    nets = (student, teacher) if method.needs_teacher else (student,)
    return method(*nets)


def trained(distiller, x=X, y=None, loss=None):
    """The logs of one step."""
    y = np.arange(4, dtype="int32") if y is None else y
    if loss is None:
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    eager = keras.backend.backend() != "jax"
    distiller.compile(keras.optimizers.SGD(0.01), loss, run_eagerly=eager)
    logs = distiller.fit(x, y, batch_size=4, verbose=0).history
    values = {k: float(v[0]) for k, v in logs.items()}
    assert np.isfinite(list(values.values())).all()
    return values


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", METHODS)
def test_the_table_is_true(name, kind):
    x = FRAMES if kind == "event frames" else X
    shape = {"input_shape": x.shape[1:]}

    def build():
        student = net(flow(kind), **shape)
        return make(name, student, net(flow("ANN"), width=6, **shape))

    if ROWS[name][kind]:
        trained(build(), x)
    else:
        with pytest.raises(ValueError, match="expected|must|no layer|weights"):
            build()


@pytest.mark.parametrize("name", METHODS)
def test_a_method_of_an_abstract_says_so(name):
    said = "abstract alone is known" in METHODS[name].__doc__
    assert said == ROWS[name]["abstract_only"]
    assert said == (name in ABSTRACT_ONLY)  # what `kerassnn info` reads


def test_tssd_says_that_a_student_is_bound_to_its_timesteps():
    with pytest.raises(ValueError, match="TSSD runs the student for more"):
        distillation.TSSD(net(flow("STAA")))


def binary(name):
    student = net(flow(), classes=1)
    distiller = make(name, student, net(flow("ANN"), width=6, classes=1))
    y = np.array([[0.0], [1.0], [1.0], [0.0]], "float32")
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    return distiller, trained(distiller, y=y, loss=loss)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(n, marks=() if n == "SeAlKD" else pytest.mark.slow)
        for n in METHODS
    ],
)
def test_one_logit_trains(name):
    binary(name)


def test_one_logit_is_two_classes():
    student = net(flow(), classes=1)
    teacher = net(flow("ANN"), width=6, classes=1)
    distiller = distillation.LogitsKD(student, teacher)
    z = ops.convert_to_numpy(student(X, training=True)).astype("float64")
    a = ops.convert_to_numpy(teacher(X)).astype("float64")
    y = np.array([0.0, 1.0, 1.0, 0.0], "float32")
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    logs = trained(distiller, y=y, loss=loss)
    pair = [np.concatenate([0 * v, v], axis=-1) for v in (a, z)]
    assert logs["kd"] == pytest.approx(twin.kd(*pair, 4.0), abs=2e-6)
    assert logs["agreement"] == np.mean((a > 0) == (z > 0))


@pytest.mark.slow
@pytest.mark.parametrize("floatx", ("float64", "bfloat16"))
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(n, marks=() if n == "SASTC" else pytest.mark.slow)
        for n in METHODS
    ],
)
def test_any_floatx(name, floatx):
    policy = keras.config.dtype_policy()
    keras.config.set_floatx(floatx)
    keras.config.set_dtype_policy(floatx)
    try:
        trained(make(name, net(flow()), net(flow("ANN"), width=6)))
    finally:
        keras.config.set_floatx("float32")
        keras.config.set_dtype_policy(policy)


def pooled(x, size, reduce):
    """Twin of adaptive pooling, in NumPy."""
    for axis, n in zip((1, 2), size, strict=True):
        length = x.shape[axis]
        bounds = [
            (i * length // n, -(-(i + 1) * length // n)) for i in range(n)
        ]
        parts = [
            reduce(np.take(x, range(a, b), axis), axis, keepdims=True)
            for a, b in bounds
        ]
        x = np.concatenate(parts, axis)
    return x


@pytest.mark.numeric
@pytest.mark.parametrize("size", ((4, 5), (5, 4), (5, 5), (3, 5), (4, 4)))
def test_each_axis_takes_the_smaller_size(size):
    a = RNG.normal(size=(2, 4, 4, 3)).astype("float32")
    b = RNG.normal(size=(2, *size, 2)).astype("float32")
    least = tuple(min(4, n) for n in size)
    for shrink, reduce in ((None, np.mean), (adaptive_max_pool, np.max)):
        extra = () if shrink is None else (shrink,)
        found = adapters.same_size(*map(ops.convert_to_tensor, (a, b)), *extra)
        expected = pooled(a, least, reduce), pooled(b, least, np.mean)
        for ours, theirs in zip(found, expected, strict=True):
            np.testing.assert_allclose(
                ops.convert_to_numpy(ours), theirs, rtol=1e-5, atol=1e-6
            )


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(n, marks=() if n == "SemCKD" else pytest.mark.slow)
        for n in SIZED
    ],
)
@pytest.mark.parametrize("cut", ((1, 0), (0, 1)))
def test_one_side_larger_by_one(name, cut):
    """Maps of 4x4 and of 4x3 or 3x4: the teacher crops what it is given."""
    inputs = keras.Input((8, 8, 1))
    crop = keras.layers.Cropping2D(((0, 2 * cut[0]), (0, 2 * cut[1])))
    x = crop(inputs)
    for i in (1, 2):
        conv = keras.layers.Conv2D(6, 2, strides=2, padding="same")
        x = keras.layers.ReLU(name=f"stage{i}")(conv(x))
    x = keras.layers.GlobalAveragePooling2D()(x)
    teacher = keras.Model(inputs, keras.layers.Dense(10, name="head")(x))
    trained(make(name, net(flow()), teacher))


@pytest.mark.numeric
def test_classes_that_a_teacher_rules_out_cost_nothing():
    a = np.array([[1.0, -np.inf, 0.5, -1.0]], "float32")
    z = np.array([[0.3, 0.2, -0.5, 1.0]], "float32")
    p = twin.softmax(a.astype("float64") / 2)[0]
    q = twin.softmax(z.astype("float64") / 2)[0]
    some = p > 0
    expected = 4 * np.sum(p[some] * np.log(p[some] / q[some]))
    target = ops.convert_to_tensor(a)
    value, (slope,) = value_and_gradient(
        lambda logits: losses.logits_kd(target, logits, 2.0), z
    )
    assert value == pytest.approx(expected, rel=1e-5)
    np.testing.assert_allclose(slope, 2 * (q - p)[None], rtol=1e-4, atol=1e-6)


@pytest.mark.numeric
def test_a_ruled_out_class_has_the_smallest_probability_in_reverse():
    a = np.array([[1.0, -np.inf, 0.5, -1.0]], "float32")
    z = np.array([[0.3, 0.2, -0.5, 1.0]], "float32")
    p = twin.softmax(a.astype("float64") / 2)[0]
    q = twin.softmax(z.astype("float64") / 2)[0]
    some, g = p > 0, np.abs(p - q)
    head = np.array([1, 0, 1, 0]) * g  # 0.47 and 0.36 of the probability
    share = head.sum() / g.sum()
    forward = np.sum(p[some] * np.log(p[some] / q[some]))
    reverse = np.sum(q * np.log(q / np.maximum(p, 2.0**-126)))
    expected = 4 * (share * forward + (1 - share) * reverse)
    target = ops.convert_to_tensor(a)
    value, (slope,) = value_and_gradient(
        lambda logits: head_tail_kl(target, logits, 2.0, 0.5), z
    )
    assert value == pytest.approx(expected, rel=1e-5)
    assert np.isfinite(slope).all() and slope[0, 1] > 0


@pytest.mark.parametrize(
    "name", ("BKDSNN", "CKDSNN", "HTAKL", "SeAlKD", "TSER")
)
def test_such_a_teacher_trains(name):
    teacher = net(flow("ANN"), width=6)
    mask = ops.where(ops.arange(10) == 9, -np.inf, 0.0)
    ruled = keras.Model(teacher.input, teacher.output + mask)
    trained(make(name, net(flow()), ruled))


BAD = {
    "temperature": (0, -1.0, True, float("nan"), float("inf"), "4", None),
    "loss_weights": (
        {"kd": -1.0},
        {"kd": float("nan")},
        {"task": float("inf")},
        {"task": True},
        {"kd": "1"},
        {"what": 1.0},
        [1.0],
    ),
}


@pytest.mark.parametrize(
    "name, options",
    [
        ("LogitsKD", {option: value})
        for option, values in BAD.items()
        for value in values
    ]
    + [
        ("TWKD", {"right_steps_only": 1}),
        ("TET", {"target": float("nan")}),
        ("SASTC", {"batch_size": 0}),
        ("SemCKD", {"batch_size": 1.5}),
        ("BKDSNN", {"drop": float("nan")}),
        ("BKDSNN", {"clip": "yes"}),
        ("CKDSNN", {"noise": 1.0}),
        ("HTAKL", {"threshold": True}),
        ("Strong2Weak", {"cascade": None}),
        ("TSSD", {"train_timesteps": 3.5}),
    ],
)
def test_bad_arguments(name, options):
    method = METHODS[name]
    nets = (net(flow()), net(flow("ANN"), width=6))
    with pytest.raises(ValueError, match="Received"):
        method(*nets[: 1 + method.needs_teacher], **options)


def test_a_rewarded_term_may_have_either_sign():
    nets = net(flow()), net(flow("ANN"), width=6)
    for weight in (-0.1, 0.1):
        distiller = distillation.TSER(*nets, loss_weights={"entropy": weight})
        assert distiller.get_config()["loss_weights"]["entropy"] == weight
