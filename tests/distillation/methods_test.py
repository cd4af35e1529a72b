"""What every method does beyond its loss functions, and their limits."""

import keras
import numpy as np
import pytest
from keras import ops

from kerassnn import layers
from kerassnn import models
from kerassnn.distillation import METHODS
from kerassnn.distillation import adapters
from kerassnn.distillation import losses
from kerassnn.distillation import step_teaching as teaching
from kerassnn.distillation.methods import attention_transfer
from kerassnn.distillation.methods import bkdsnn
from kerassnn.distillation.methods import ckdsnn
from kerassnn.distillation.methods import enhanced_self_distillation
from kerassnn.distillation.methods import htakl
from kerassnn.distillation.methods import lasnn
from kerassnn.distillation.methods import seal_kd
from kerassnn.distillation.methods import tser
from tests.gradients import value_and_gradient

RNG = np.random.default_rng(0)
X = RNG.normal(size=(6, 8, 8, 1)).astype("float32")
Y = np.arange(6, dtype="int32")
LOSS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
# Those of the default suite: one of each kind of term.
FIRST = {"BlockReplacement", "LogitsKD", "SASTC", "TSSD"}
# Tracing costs more than these few steps, except on JAX, which would send
# every operation to its compiler by itself.
EAGER = keras.backend.backend() != "jax"


def net(flow, timesteps=2, input_shape=(8, 8, 1), width=4, classes=10):
    """Two stages of one convolution each: as little as the methods need."""
    inputs = flow.inputs(input_shape)
    stem = keras.layers.Conv2D(width, 3, padding="same", name="stem_conv")
    x = flow.activate(flow.stem(inputs, stem, timesteps, "stem"), "stem_act")
    for i in (1, 2):
        conv = keras.layers.Conv2D(i * width, 2, strides=2, name=f"conv{i}")
        x = flow.norm(flow.apply(conv, x), f"bn{i}")
        x = flow.tap(flow.activate(x, f"act{i}"), f"stage{i}")
    x = flow.apply(keras.layers.GlobalAveragePooling2D(name="pool"), x)
    head = keras.layers.Dense(classes, name="head")
    return keras.Model(inputs, flow.readout(flow.apply(head, x)))


def snn(**options):
    return net(models.Unrolled(layers.LIF(tau=4.0)), **options)


def make(name, student=None, **options):
    method = METHODS[name]
    student = student or snn()
    if method.needs_teacher:
        return method(student, net(models.Analog(), width=6), **options)
    return method(student, **options)


def fit(distiller, epochs=1, y=Y, loss=LOSS, batch_size=6):
    distiller.compile(
        keras.optimizers.Adam(3e-3), loss, run_eagerly=EAGER, jit_compile="auto"
    )
    history = distiller.fit(
        X, y, batch_size=batch_size, epochs=epochs, shuffle=False, verbose=0
    )
    return history.history


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=() if name in FIRST else pytest.mark.slow)
        for name in METHODS
    ],
)
def test_trains_saves_and_leaves_a_plain_student(name, tmp_path):
    distiller = make(name)
    plain = {v.path for v in distiller.student.weights}
    logs = fit(distiller, epochs=4)
    assert set(distiller.term_names) <= set(logs)
    assert np.isfinite([logs[term] for term in logs]).all()
    assert logs["loss"][-1] < logs["loss"][0]
    student = distiller.student
    assert {v.path for v in student.weights} == plain
    expected = ops.convert_to_numpy(student(X))
    student.save(tmp_path / "student.keras")
    distiller.save(tmp_path / "distiller.keras")
    alone = keras.saving.load_model(tmp_path / "student.keras")
    again = keras.saving.load_model(tmp_path / "distiller.keras")
    for model in (distiller, alone, again):
        np.testing.assert_array_equal(ops.convert_to_numpy(model(X)), expected)
    assert len(again.trainable_variables) == len(distiller.trainable_variables)
    own = distiller.get_config()
    assert {k: v for k, v in again.get_config().items() if not _net(v)} == {
        k: v for k, v in own.items() if not _net(v)
    }


def _net(value):
    return isinstance(value, dict) and "class_name" in value


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    ("BKDSNN", "EnhancedSelfDistillation", "SeAlKD", "TSSD", "TWKD"),
)
def test_labels_may_be_distributions(name):
    options = {"right_steps_only": True} if name == "TWKD" else {}
    keras.utils.set_random_seed(1)
    indices = fit(make(name, **options))
    keras.utils.set_random_seed(1)
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    one_hot = np.eye(10, dtype="float32")[Y]
    rows = fit(make(name, **options), y=one_hot, loss=loss)
    for term, value in indices.items():
        assert rows[term] == pytest.approx(value, rel=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        "SemCKD",
        *(
            pytest.param(name, marks=pytest.mark.slow)
            for name in ("CKDSNN", "SASTC", "TSSD")
        ),
    ],
)
def test_a_short_last_batch_is_finite(name):
    logs = fit(make(name), batch_size=4)
    assert np.isfinite(logs["loss"]).all()


@pytest.mark.slow
def test_branches_of_a_rate_based_student():
    student = net(models.RateBased(layers.LIF.rate_based()))
    distiller = make("EnhancedSelfDistillation", student)
    logs = fit(distiller, epochs=3)
    assert logs["loss"][-1] < logs["loss"][0]


def test_silent_or_equal_features_have_finite_gradients():
    maps = np.abs(RNG.normal(size=(3, 4, 4, 2)))
    teacher = ops.convert_to_tensor(maps.astype("float32"))
    functions = (
        lambda f: attention_transfer.attention_distance(f, teacher),
        lambda f: lasnn.attention_gap(f, teacher),
        lambda f: losses.imitation(f, teacher),
        lambda f: losses.imitation(f, bkdsnn.clipped(teacher, f)),
        lambda f: ckdsnn.map_kl(
            teacher[..., 0],
            ckdsnn.between_0_and_1(ops.sum(f, axis=-1)),
            2.0,
        ),
    )
    for function in functions:
        for features in (np.zeros_like(maps), maps):
            value, (gradient,) = value_and_gradient(function, features)
            assert np.isfinite(value) and np.isfinite(gradient).all()


@pytest.mark.parametrize("scale", (0.0, 1.0, 200.0))
@pytest.mark.parametrize("steps", (1, 3))
def test_limits_of_the_logit_terms(steps, scale):
    """Equal logits cost nothing, be they uniform, ordinary or one-hot."""
    teacher = scale * np.eye(4, 5)
    z_t = np.repeat(teacher[:, None], steps, 1)
    labels = ops.arange(4, dtype="int32")
    target = ops.convert_to_tensor(teacher.astype("float32"))
    functions = (
        lambda z: losses.step_kd(target, z, 2.0),
        lambda z: losses.step_kd(losses.right_vote(z, labels), z, 2.0),
        lambda z: teaching.first_teaches_last(teaching.ranked(z), 2.0),
        lambda z: teaching.first_teaches_last(z, 2.0, ensemble=True),
        lambda z: teaching.each_teaches_next(teaching.ranked(z), 2.0),
        lambda z: htakl.head_tail_kl(target, z[:, 0], 2.0, 0.5),
        lambda z: seal_kd.error_aligned_kd(target, z, labels, 2.0),
        lambda z: seal_kd.step_agreement(z, 2.0),
        lambda z: enhanced_self_distillation.reliable_kd(z, labels, 2.0),
    )
    for function in functions:
        value, (gradient,) = value_and_gradient(function, z_t)
        assert value == pytest.approx(0, abs=1e-5)
        np.testing.assert_allclose(gradient, 0, atol=1e-5)
    entropy = float(tser.step_entropy(ops.cast(z_t, "float32"), 1.0))
    bound = {0.0: np.log(5), 200.0: 0.0}
    assert entropy == pytest.approx(bound.get(scale, entropy), abs=1e-6)


def test_head_of_a_distribution():
    p = ops.convert_to_tensor([[0.1, 0.6, 0.3], [0.5, 0.2, 0.3]])
    for threshold, expected in (
        (0.5, [[0, 1, 0], [1, 0, 0]]),
        (0.7, [[0, 1, 1], [1, 0, 1]]),
        (1.0, [[1, 1, 1], [1, 1, 1]]),
    ):
        mask = ops.convert_to_numpy(htakl.head_mask(p, threshold))
        np.testing.assert_array_equal(mask, expected)


def test_cascade_and_ensemble_by_hand():
    values = RNG.normal(size=(3, 3, 4)).astype("float32")
    z = ops.convert_to_tensor(values)
    pair = teaching.first_teaches_last
    cascade = float(teaching.each_teaches_next(z, 2.0))
    parts = [float(pair(z[:, i : i + 2], 2.0)) for i in range(2)]
    assert cascade == pytest.approx(np.mean(parts), rel=1e-5)
    both = np.stack([values[:, :2].mean(1), values[:, 2]], 1)
    both = ops.convert_to_tensor(both)
    ensemble = float(pair(z, 2.0, ensemble=True))
    assert ensemble == pytest.approx(float(pair(both, 2.0)), rel=1e-5)
    order = teaching.confidence(teaching.ranked(z))
    assert (np.diff(ops.convert_to_numpy(order)) <= 0).all()


@pytest.mark.slow
def test_the_mask_is_new_at_every_step_and_follows_the_seed():
    logs = []
    for seed in (3, 3, 4):
        keras.utils.set_random_seed(0)
        distiller = make("BKDSNN", drop=0.5, seed=seed)
        distiller.compile(keras.optimizers.SGD(0.0), LOSS, run_eagerly=EAGER)
        history = distiller.fit(X, Y, epochs=2, shuffle=False, verbose=0)
        logs.append(history.history["feature"])
    assert logs[0] == logs[1] != logs[2]
    assert logs[0][0] != logs[0][1]


def test_tssd_learns_from_the_run_it_makes_longer():
    student = snn(timesteps=2)
    distiller = make("TSSD", student, train_timesteps=5)
    # Without training-time batch statistics the shorter run is a prefix.
    taps = distiller.student_views(X, training=False)
    assert taps["logits_t"].shape[1] == 5
    prefix = ops.mean(taps["logits_t"][:, :2], axis=1)
    np.testing.assert_allclose(
        ops.convert_to_numpy(prefix),
        ops.convert_to_numpy(student(X)),
        atol=1e-6,
    )
    with pytest.raises(ValueError, match="more steps"):
        make("TSSD", snn(timesteps=4), train_timesteps=4)
    with pytest.raises(ValueError, match="event frames"):
        make("TSSD", snn(), timesteps=1)


def test_tssd_on_event_frames_teaches_a_prefix():
    student = snn(input_shape=(4, 8, 8, 2))
    distiller = make("TSSD", student, timesteps=3)
    views = distiller.views(RNG.normal(size=(2, 4, 8, 8, 2)))["student"]
    expected = ops.convert_to_numpy(views["logits_t"])[:, :3].mean(1)
    np.testing.assert_allclose(
        ops.convert_to_numpy(views["logits"]), expected, rtol=1e-5
    )


def test_maps_are_compared_at_the_smaller_size():
    small, large = ops.ones((2, 2, 2, 3)), ops.ones((2, 4, 4, 5))
    for pair in ((small, large), (large, small)):
        shapes = [m.shape[1:3] for m in adapters.same_size(*pair)]
        assert [tuple(s) for s in shapes] == [(2, 2), (2, 2)]


@pytest.mark.parametrize(
    "name, options, message",
    (
        ("FitNet", {"student_taps": ("stage1", "stage2")}, "as many taps"),
        ("BKDSNN", {"drop": 1.0}, "drop"),
        ("HTAKL", {"threshold": 2.0}, "threshold"),
        ("CKDSNN", {"teacher_taps": ("stage1",)}, "as many channels"),
        ("Strong2Weak", {"ensemble": True, "cascade": True}, "at most one"),
        ("TSER", {"task_temperature": 0}, "positive"),
        ("EnhancedSelfDistillation", {"student_taps": ("stage1",)}, "two"),
    ),
)
def test_bad_options_are_refused(name, options, message):
    with pytest.raises(ValueError, match=message):
        make(name, **options)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("EnhancedSelfDistillation", marks=pytest.mark.slow),
        "FitNet",
        pytest.param("SASTC", marks=pytest.mark.slow),
        pytest.param("SemCKD", marks=pytest.mark.slow),
    ],
)
def test_adapters_are_channels_last_whatever_the_configuration(name):
    losses = []
    for form in ("channels_last", "channels_first"):
        keras.config.set_image_data_format("channels_last")
        keras.utils.set_random_seed(0)
        student, teacher = snn(), net(models.Analog(), width=6)
        keras.config.set_image_data_format(form)
        try:
            nets = (student, teacher)
            if not METHODS[name].needs_teacher:
                nets = (student,)
            losses.append(fit(METHODS[name](*nets))["loss"])
        finally:
            keras.config.set_image_data_format("channels_last")
    np.testing.assert_allclose(*losses, rtol=1e-5)
