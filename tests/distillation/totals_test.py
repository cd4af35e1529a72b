"""One step of a method on logits: its total is the sum the papers write."""

import keras
import numpy as np
import pytest
from keras import ops

from kerassnn.distillation import METHODS
from tests.distillation import nets
from tests.reference import losses as twin

pytestmark = pytest.mark.numeric
T, TAU = 4, 3.0


def soft(z_t):
    return z_t.mean(1)


# Method -> options, and the total of per-step logits, teacher and labels.
TOTALS = {
    "HardLabel": ({}, lambda z, a, y: twin.ce(soft(z), y)),
    "LogitsKD": (
        {"temperature": TAU},
        lambda z, a, y: twin.ce(soft(z), y) + twin.kd(a, soft(z), TAU),
    ),
    "TSER": (
        {
            "temperature": TAU,
            "loss_weights": {"task": 0.7, "kd": 0.3, "entropy": -0.1},
        },
        lambda z, a, y: twin.tser(z, a, y, 0.3, 0.1, TAU),
    ),
    "TET": (
        {"loss_weights": {"task": 0.95, "margin": 0.05}},
        lambda z, a, y: twin.tet(z, y, 0.05),
    ),
    "TWKD": (
        {},
        lambda z, a, y: (
            twin.ce(z, y)
            + 0.2 * twin.kd(a, z, TAU)
            + 0.5 * twin.twsd(z, y, TAU, "vote")
        ),
    ),
    "TWKD of right steps": (
        {"right_steps_only": True},
        lambda z, a, y: (
            twin.ce(z, y)
            + 0.2 * twin.kd(a, z, TAU)
            + 0.5 * twin.twsd(z, y, TAU, "right")
        ),
    ),
    "SeAlKD": (
        {},
        lambda z, a, y: (
            twin.ce(z, y)
            + 0.6 * twin.seal_ela(z, a, y, TAU)
            + 0.15 * twin.seal_sta(z, TAU)
        ),
    ),
    "Strong2Weak": (
        {},
        lambda z, a, y: twin.ce(soft(z), y) + twin.strong_weak(z, to="weak"),
    ),
    "Weak2Strong": (
        {},
        lambda z, a, y: twin.ce(soft(z), y) + twin.strong_weak(z, to="strong"),
    ),
    "HTAKL": (
        {},
        lambda z, a, y: twin.ce(soft(z), y) + twin.hta_kl(a, soft(z), 4.0, 0.5),
    ),
}


@pytest.mark.parametrize("name", TOTALS)
def test_total_equals_twin(name):
    options, total = TOTALS[name]
    method = METHODS[name.split()[0]]
    rng = np.random.default_rng(0)
    student, teacher = nets.student(T), nets.teacher()
    for net in (student, teacher):
        nets.drawn(net.trainable_variables, rng)
    x, y = nets.batch(8)
    z_t = keras.Model(student.input, student.get_layer("logits_t").output)
    z_t = ops.convert_to_numpy(z_t(x, training=True)).astype("float64")
    given = ops.convert_to_numpy(teacher(x)).astype("float64")
    taught = (teacher,) if method.needs_teacher else ()
    distiller = method(student, *taught, **options)
    distiller.compile(
        "sgd",
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        run_eagerly=True,
    )
    logs = distiller.fit(x, y, batch_size=8, verbose=0).history
    assert logs["loss"][0] == pytest.approx(total(z_t, given, y), rel=3e-6)
