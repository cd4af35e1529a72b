"""Limits that the twins must meet, and their gradients."""

import numpy as np
import pytest

from tests.reference import features
from tests.reference import losses
from tests.reference.complex_step import value_and_gradient

RNG = np.random.default_rng(0)
Z_T, TEACHER = RNG.normal(size=(3, 4, 5)), RNG.normal(size=(3, 5))
Y = np.array([1, 0, 4])


def differences(function, x, step=1e-6):
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        ends = []
        for move in (step, -step):
            moved = x.copy()
            moved[index] += move
            ends.append(np.real(function(moved)))
        gradient[index] = (ends[0] - ends[1]) / (2 * step)
    return gradient


@pytest.mark.parametrize(
    "loss",
    (
        lambda z: losses.kd(TEACHER, z, 3.0),
        lambda z: losses.tser(z, TEACHER, Y, 0.3, 0.1, 2.0),
        lambda z: losses.tet(z, Y, 0.05),
        lambda z: losses.seal_ela(z, TEACHER, Y),
        lambda z: losses.noisy_logits(TEACHER, z.mean(1), 0.1, TEACHER),
    ),
)
def test_dual_numbers_equal_finite_differences(loss):
    _, (gradient,) = value_and_gradient(loss, Z_T)
    np.testing.assert_allclose(gradient, differences(loss, Z_T), atol=1e-8)


def test_limits():
    same = np.repeat(TEACHER[:, None], 4, 1)
    assert losses.kd(TEACHER, same, 4.0) == pytest.approx(0, abs=1e-12)
    assert losses.entropy(np.zeros((2, 3, 7))) == pytest.approx(np.log(7))
    assert losses.strong_weak(same) == pytest.approx(0, abs=1e-12)
    assert losses.ce(Z_T, Y) >= losses.ce(Z_T.mean(1), Y)
    np.testing.assert_allclose(losses.seal_peers(Z_T).sum(-1), 1)


def test_soft_label_of_right_steps_only():
    z_t = np.zeros((2, 2, 2))
    z_t[0] = [[3, 0], [0, 1]]  # the first step is right
    z_t[1] = [[3, 0], [2, 0]]  # none is: a uniform label
    y = np.array([0, 1])
    label = np.array([[3.0, 0], [0, 0]])
    assert losses.twsd(z_t, y, 2.0, "right") == losses.kd(label, z_t, 2.0)


def test_sastc_attention_is_a_distribution_and_gradient_flows():
    rng = np.random.default_rng(1)
    student = [
        rng.normal(size=(4, 2, 4, 4, 2)),
        rng.normal(size=(4, 2, 2, 2, 3)),
    ]
    teacher = [rng.normal(size=(4, 4, 4, 2)), rng.normal(size=(4, 2, 2, 2))]

    def dense():
        shapes = (4, 2), (2,), (2, 1), (1,)
        return [rng.normal(size=shape) for shape in shapes]

    def regressor(inner):
        shapes = (3, 3, inner, 4), (4,), (4,), (1, 1, 4, 2)
        return [rng.normal(size=shape) for shape in shapes]

    queries, keys = [dense(), dense()], [dense(), dense()]
    heads = [[regressor(2), regressor(2)], [regressor(3), regressor(3)]]
    weights = features.attention(student, teacher, queries, keys)
    np.testing.assert_allclose(weights.sum(-1), 1)

    def loss(f):
        return features.sastc([student[0], f], teacher, queries, keys, heads)

    _, (gradient,) = value_and_gradient(loss, student[1])
    expected = differences(loss, student[1])
    np.testing.assert_allclose(gradient, expected, atol=1e-7)
