"""A teacher's logits, computed once and read from disk."""

import keras
import numpy as np
import pytest

from kerassnn import data
from kerassnn import distillation
from kerassnn.ops import soundness
from tests.distillation import nets

EAGER = keras.backend.backend() != "jax"
LOSS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
LOGITS = [
    name
    for name, method in distillation.METHODS.items()
    if method.needs_teacher and not method.default_taps
]


def pipeline(seed=0, size=8, crop=1, **arguments):
    rng = np.random.default_rng(0)
    x = rng.integers(0, 256, (20, nets.SIZE, nets.SIZE, 1), dtype="uint8")
    augment = data.Augment(crop=crop)
    y = np.arange(20) % nets.CLASSES
    return data.Pipeline(
        x,
        y,
        size,
        augment=augment,
        normalise=lambda x: (x / 100).astype("float32"),
        seed=seed,
        **arguments,
    )


def teacher(seed=1):
    keras.utils.set_random_seed(seed)
    return nets.teacher()


def counted(monkeypatch):
    """List that grows with every batch a teacher computes."""
    found, before = [], keras.Model.predict_on_batch

    def counting(self, x):
        found.append(len(x))
        return before(self, x)

    monkeypatch.setattr(keras.Model, "predict_on_batch", counting)
    return found


def trained(method, given, train, epochs=2):
    keras.utils.set_random_seed(2)
    distiller = distillation.METHODS[method](nets.student(), given)
    optimizer = keras.optimizers.SGD(0.1)
    distiller.compile(optimizer, LOSS, run_eagerly=EAGER)
    logs = distiller.fit(train, epochs=epochs, shuffle=False, verbose=0)
    return logs.history, distiller.student.get_weights()


@pytest.mark.slow
@pytest.mark.numeric
@pytest.mark.parametrize(
    "method",
    [
        pytest.param(m, marks=() if m == "TSER" else pytest.mark.slow)
        for m in LOGITS
    ],
)
def test_training_is_that_with_the_live_teacher(method, tmp_path, monkeypatch):
    live = trained(method, teacher(), pipeline())
    computed = counted(monkeypatch)
    for batches in (6, 6):  # the second training computes none
        given = distillation.store_logits(teacher(), pipeline(), tmp_path)
        history, weights = trained(method, *given)
        assert len(computed) == batches
        assert set(history) == set(live[0])
        for name, values in live[0].items():
            np.testing.assert_allclose(history[name], values, rtol=2e-5)
        for a, b in zip(weights, live[1], strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)


@pytest.mark.slow
@pytest.mark.numeric
def test_logits_keep_their_precision_beside_networks_of_bfloat16(tmp_path):
    if not soundness.bfloat16_is_right():
        pytest.skip("this jax computes bfloat16 wrongly")
    keras.config.set_dtype_policy("mixed_bfloat16")
    net = nets.teacher()
    wide = keras.layers.Dense(nets.CLASSES, dtype="float32")
    flat = keras.layers.Flatten(dtype="float32")(net.get_layer("stage2").output)
    net = keras.Model(net.input, 5 * wide(flat))
    live = trained("LogitsKD", net, pipeline(), epochs=1)[0]
    given = distillation.store_logits(net, pipeline(), tmp_path)
    history, _ = trained("LogitsKD", *given, epochs=1)
    np.testing.assert_allclose(history["kd"], live["kd"], rtol=1e-4)


def test_stored_logits_are_those_of_the_teacher(tmp_path):
    for dtype, rounded in (("float32", 0.0), ("float16", 1e-3)):
        net, folder = teacher(), tmp_path / dtype
        for workers in (1, 2):
            _, train = distillation.store_logits(
                net, pipeline(workers=workers), folder, dtype=dtype
            )
            for (x, logits), y in train:
                expected = net.predict_on_batch(x)
                assert logits.dtype == np.float32 and len(y) == len(logits)
                np.testing.assert_allclose(
                    logits, expected, rtol=max(rounded, 1e-5), atol=1e-5
                )
                if dtype == "float16":
                    half = logits.astype("float16").astype("float32")
                    np.testing.assert_array_equal(logits, half)
    sizes = [
        (tmp_path / dtype / "epoch_0001.logits").stat().st_size
        for dtype in ("float32", "float16")
    ]
    assert sizes == [3 * (8 + 8 * 3 * width) for width in (4, 2)]


def test_what_a_kill_left_half_written_is_computed_again(tmp_path, monkeypatch):
    _, train = distillation.store_logits(teacher(), pipeline(), tmp_path)
    whole = [logits for (_, logits), _ in train]
    path = tmp_path / "epoch_0001.logits"
    with open(path, "r+b") as file:
        file.seek(150)
        file.write(b"\1\2\3")
    computed = counted(monkeypatch)
    _, train = distillation.store_logits(teacher(), pipeline(), tmp_path)
    for ((_, logits), _), expected in zip(train, whole, strict=True):
        np.testing.assert_array_equal(logits[0], expected[0])
    assert len(computed) == 1


def test_no_more_is_stored_than_there_is_place(tmp_path, monkeypatch):
    size = 3 * (8 + 8 * 3 * 4)
    given = {"max_gigabytes": 1.5 * size / 1e9}
    computed = counted(monkeypatch)
    for batches in (6, 9):  # the second epoch is computed each time
        _, train = distillation.store_logits(
            teacher(), pipeline(), tmp_path, **given
        )
        for epoch in (0, 1):
            for step in range(3):
                train.batch(epoch, step)
        assert len(computed) == batches
    files = [path.name for path in tmp_path.glob("epoch*")]
    assert files == ["epoch_0001.logits"]


OTHERS = {
    "teacher": (lambda: teacher(2), pipeline),
    "batch_size": (teacher, lambda: pipeline(size=4)),
    "seed: 0 there, 1 now": (teacher, lambda: pipeline(seed=1)),
    "augmentation": (teacher, lambda: pipeline(crop=0)),
}


@pytest.mark.parametrize("what", OTHERS)
def test_logits_of_other_batches_are_refused(what, tmp_path):
    distillation.store_logits(teacher(), pipeline(), tmp_path)
    distillation.store_logits(teacher(), pipeline(), tmp_path)
    net, train = OTHERS[what]
    with pytest.raises(ValueError, match=rf"(?s){what}"):
        distillation.store_logits(net(), train(), tmp_path)


def test_arguments_and_methods_that_cannot_be(tmp_path):
    def refused(message):
        return pytest.raises(ValueError, match=rf"(?s){message}")

    with refused("Pipeline"):
        distillation.store_logits(teacher(), [1, 2], tmp_path)
    with refused("dtype"):
        distillation.store_logits(teacher(), pipeline(), tmp_path, dtype="int8")
    stored = distillation.StoredTeacher(nets.CLASSES)
    with refused("SASTC reads feature maps.*expected the teacher itself"):
        distillation.SASTC(nets.student(), stored)
    with refused("teacher_view"):
        distillation.LogitsKD(nets.student(), stored, teacher_view=str)
    distiller = distillation.LogitsKD(nets.student(), stored)
    distiller.compile("sgd", LOSS)
    with refused("pair.*StoredTeacher"):
        distiller.fit(*nets.batch(), verbose=0)
    other = distillation.StoredTeacher(nets.CLASSES + 1)
    with refused("same number of classes"):
        distillation.LogitsKD(nets.student(), other)


@pytest.mark.slow
def test_a_distiller_of_stored_logits_is_saved(tmp_path):
    given, train = distillation.store_logits(
        teacher(), pipeline(), tmp_path / "logits"
    )
    distiller = distillation.LogitsKD(nets.student(), given)
    distiller.compile("sgd", LOSS, run_eagerly=EAGER)
    distiller.fit(train, shuffle=False, verbose=0)
    distiller.save(tmp_path / "distiller.keras")
    loaded = keras.saving.load_model(tmp_path / "distiller.keras")
    assert loaded.teacher.digest == given.digest
    x, _ = nets.batch()
    np.testing.assert_array_equal(
        loaded.predict(x, verbose=0), distiller.predict(x, verbose=0)
    )
    assert "teacher_view" not in distiller.get_config()
