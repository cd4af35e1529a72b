"""Terms of several methods in one loss."""

import keras
import numpy as np
import pytest
from keras import ops

from kerassnn import distillation
from kerassnn.distillation import METHODS
from kerassnn.distillation import Combined
from tests.distillation import nets

LOSS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
EAGER = keras.backend.backend() != "jax"
X, Y = nets.batch()
PAIRS = [
    ("SASTC", "TSER"),
    pytest.param(("TSER", "LogitsKD"), marks=pytest.mark.slow),
    pytest.param(("TET", "FitNet", "Strong2Weak"), marks=pytest.mark.slow),
    pytest.param(("AttentionTransfer", "SemCKD"), marks=pytest.mark.slow),
]


def made(names, task=1.0):
    """The student, and a distiller of it; of several names, combined."""
    keras.utils.set_random_seed(1)
    student, teacher = nets.student(), nets.teacher()
    for net in (student, teacher):
        nets.drawn(net.trainable_variables, np.random.default_rng(0))
    methods = []
    for name in names:
        keras.utils.set_random_seed(len(name))  # of its adapters
        method = METHODS[name]
        taught = (teacher,) if method.needs_teacher else ()
        given = {"loss_weights": {"task": task}}
        methods.append(method(student, *taught, **given))
        methods[-1].build((len(X), nets.SIZE, nets.SIZE, 1))
    return methods[0] if len(methods) == 1 else Combined(methods)


def fit(distiller, optimizer=None, epochs=1):
    distiller.compile(
        optimizer or keras.optimizers.SGD(1.0), LOSS, run_eagerly=EAGER
    )
    return distiller.fit(
        X, Y, batch_size=len(X), epochs=epochs, shuffle=False, verbose=0
    ).history


def step(distiller):
    """What one step of SGD adds to the student's trainable weights."""
    held = distiller.student.trainable_variables
    before = [np.copy(ops.convert_to_numpy(v)) for v in held]
    logs = fit(distiller)
    after = [ops.convert_to_numpy(v).astype("float64") for v in held]
    return logs, [a - b for a, b in zip(after, before, strict=True)]


@pytest.mark.slow
@pytest.mark.numeric
@pytest.mark.parametrize("names", PAIRS)
def test_loss_and_gradient_are_the_sums_of_the_parts(names):
    logs, moved = step(made(names))
    parts = [step(made([n], task=float(i == 0))) for i, n in enumerate(names)]
    total = sum(part["loss"][0] for part, _ in parts)
    np.testing.assert_allclose(logs["loss"][0], total, rtol=2e-5)
    for name, (part, _) in zip(names, parts, strict=True):
        for term in METHODS[name].default_weights.keys() - {"task"}:
            found = logs[f"{name.lower()}_{term}"]
            np.testing.assert_allclose(found, part[term], rtol=2e-5)
    for i, found in enumerate(moved):
        expected = sum(part[i] for _, part in parts)
        scale = max(1e-3, np.abs(expected).max())
        np.testing.assert_allclose(found, expected, atol=2e-4 * scale, rtol=0)


@pytest.mark.slow
def test_a_combination_trains_all_and_resumes_exactly(tmp_path):
    def make():
        return made(["SASTC", "TSER"])

    def adam():
        return keras.optimizers.Adam(1e-2)

    whole, part = make(), make()
    start = [np.copy(w) for w in whole.get_weights()]
    fit(whole, adam(), epochs=2)
    moved = whole.get_weights()
    for variable, before, now in zip(whole.weights, start, moved, strict=True):
        if variable.trainable:
            assert (now != before).any(), variable.path
    fit(part, adam())
    part.save(tmp_path / "part.keras")
    loaded = keras.saving.load_model(tmp_path / "part.keras")
    assert loaded.get_config()["methods"] == part.get_config()["methods"]
    loaded.run_eagerly = EAGER
    loaded.fit(X, Y, batch_size=len(X), shuffle=False, verbose=0)
    for a, b in zip(
        loaded.student.get_weights(), whole.student.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(a, b)


def test_weights_task_and_names():
    student, teacher = nets.student(), nets.teacher()
    kd = distillation.LogitsKD(student, teacher, loss_weights={"kd": 0.5})
    tet = distillation.TET(student)
    first, last = Combined([kd, tet]), Combined([tet, kd])
    weights = {"task": 1.0, "logitskd_kd": 0.5, "tet_margin": 0.001}
    assert first.get_config()["loss_weights"] == weights
    assert last.get_config()["loss_weights"] == {**weights, "task": 0.999}
    assert last.teacher is teacher
    own = Combined([kd, tet], loss_weights={"tet_margin": 2.0})
    assert float(own.loss_weights["tet_margin"]) == 2.0
    logs = fit(first)
    assert set(logs) == {"loss", "logitskd_kd", "tet_margin", "agreement"}


def test_methods_that_do_not_go_together():
    def refused(message):
        return pytest.raises(ValueError, match=rf"(?s){message}")

    student, teacher = nets.student(), nets.teacher()
    kd = distillation.LogitsKD(student, teacher)
    for given in ([], [kd], [kd, kd], [kd, student]):
        with refused("two or more distillers"):
            Combined(given)
    with refused("BlockReplacement has a forward.*LogitsKD"):
        Combined([kd, distillation.BlockReplacement(student, teacher)])
    with refused("TSSD has a forward pass of its own"):
        Combined([kd, distillation.TSSD(student)])
    with refused("one student"):
        Combined([kd, distillation.TSER(nets.student(), teacher)])
    with refused("one teacher"):
        Combined([kd, distillation.TSER(student, nets.teacher())])
    with refused("one teacher_view"):
        tser = distillation.TSER(student, teacher, teacher_view=same)
        Combined([kd, tser])
    taps = {"teacher_taps": {"a": "stage1"}, "student_taps": {"a": "stage1"}}
    other = {"teacher_taps": {"a": "stage2"}, "student_taps": {"a": "stage1"}}
    with refused("one layer for the tap 'a'"):
        Combined(
            [
                distillation.FitNet(student, teacher, **taps),
                distillation.AttentionTransfer(student, teacher, **other),
            ]
        )


def same(x):
    return x
