"""Loss terms on maps: value and gradient equal the NumPy twin's."""

import keras
import numpy as np
import pytest
from keras import ops

from kerassnn.distillation import adapters
from kerassnn.distillation import losses
from kerassnn.distillation import similarity
from kerassnn.distillation.methods import attention_transfer
from kerassnn.distillation.methods import bkdsnn
from kerassnn.distillation.methods import ckdsnn
from kerassnn.distillation.methods import fitnet
from kerassnn.distillation.methods import lasnn
from kerassnn.distillation.methods import sastc
from kerassnn.ops import gram
from kerassnn.ops import unit
from tests.gradients import assert_close
from tests.gradients import value_and_gradient
from tests.reference import complex_step
from tests.reference import features as twin

pytestmark = pytest.mark.numeric
RNG = np.random.default_rng(0)


def draw(*shape):
    return RNG.normal(0.5, 1, shape).astype("float32")


# Continuous student maps: pooling spikes by maxima would tie.
STUDENT, TEACHER = draw(3, 2, 4, 4, 2), draw(3, 2, 2, 2)
LARGE = draw(3, 8, 8, 2)
KERNEL, LOGITS, KEPT = draw(2, 5), draw(3, 5), np.eye(3, 2, dtype="float32")
WEIGHTS, SCALES = draw(2, 3), draw(*STUDENT.shape)
t = ops.convert_to_tensor


def mean(f):
    return ops.mean(f, axis=1)


def small(f):
    """Twin of the maps that meet at the smaller size, as functions do."""
    return twin.mean_pool_to(f.mean(1), 2)[:, None]


CASES = {
    "attention transfer": (
        lambda f: attention_transfer.attention_distance(mean(f), t(TEACHER)),
        lambda f: twin.at(f, TEACHER),
    ),
    "attention transfer, larger teacher": (
        lambda f: attention_transfer.attention_distance(mean(f), t(LARGE)),
        lambda f: twin.at(f, LARGE),
    ),
    "lasnn": (
        lambda f: lasnn.attention_gap(mean(f), t(TEACHER)),
        lambda f: twin.lasnn(small(f), TEACHER),
    ),
    "fitnet": (
        lambda f: fitnet.hint(mean(f), t(TEACHER)),
        lambda f: twin.fitnet(small(f), TEACHER, lambda x: x),
    ),
    "kdsnn": (
        lambda f: losses.imitation(*adapters.same_size(mean(f), t(TEACHER))),
        lambda f: twin.kdsnn(small(f), TEACHER),
    ),
    "blur": (
        lambda f: ops.sum(bkdsnn.blur(mean(f), t(KEPT)) ** 2),
        lambda f: np.sum((f.mean(1) * KEPT[:, None, None]) ** 2),
    ),
    "activation": (
        lambda f: ckdsnn.map_kl(
            ckdsnn.between_0_and_1(
                ckdsnn.class_activation(
                    t(LARGE[:, :4, :4]), t(KERNEL), t(LOGITS)
                )
            ),
            ckdsnn.between_0_and_1(ops.sum(mean(f), axis=-1)),
            2.0,
        ),
        lambda f: twin.samd(f.mean(1), LARGE[:, :4, :4], KERNEL, LOGITS, 2.0),
    ),
    "grams": (
        lambda f: ops.sum(similarity.step_similarities(f, 3) ** 2),
        lambda f: sum(np.sum(twin.gram(f[:, t]) ** 2) for t in range(2)),
    ),
    "units": (
        lambda f: ops.sum(unit(f) * t(SCALES)),
        lambda f: np.sum(twin.unit(f) * SCALES),
    ),
    "matching": (
        lambda f: ops.sum(sastc.match(Halved(), f, t(TEACHER)) * t(WEIGHTS)),
        lambda f: np.sum(matching(f) * WEIGHTS),
    ),
}


class Halved:
    """A regressor anyone can compute."""

    def __call__(self, x, training):
        return x / 2


def matching(f):
    errors = []
    for t in range(2):
        x, y = twin.matched(f[:, t], TEACHER)
        errors.append(np.mean((x / 2 - y) ** 2, (1, 2, 3)))
    return np.stack(errors)


@pytest.mark.parametrize("name", CASES)
def test_value_and_gradient_equal_twin(name):
    ours, reference = CASES[name]
    value, (gradient,) = value_and_gradient(ours, STUDENT)
    expected, (slope,) = complex_step.value_and_gradient(reference, STUDENT)
    assert value == pytest.approx(expected, rel=3e-6, abs=2e-6)
    assert_close(gradient, slope, 3e-6)


def test_attention_rows_sum_to_one():
    queries, keys = draw(2, 3, 4), [draw(3, 4) for _ in range(3)]
    rows = similarity.attention(t(queries), [t(k) for k in keys])
    assert_close(ops.sum(rows, axis=-1), np.ones((2, 3)))


def test_half_precision_holds_the_grams_of_large_maps():
    keras.config.set_dtype_policy("mixed_float16")
    maps = 300 * draw(16, 32)
    rows = similarity.embed(similarity.mlp(16), gram(t(maps)))
    assert_close(ops.sum(rows**2, axis=-1), np.ones(16))


def test_gram_of_samples():
    x = draw(3, 2, 2)
    assert_close(
        gram(ops.convert_to_tensor(x)), x.reshape(3, 4) @ x.reshape(3, 4).T
    )


@pytest.mark.parametrize(
    "term",
    (
        lambda f: attention_transfer.attention_distance(f, t(TEACHER)),
        lambda f: lasnn.attention_gap(f, t(TEACHER)),
        lambda f: ops.sum(unit(ops.reshape(f, (3, -1)))),
        lambda f: ops.sum(ckdsnn.between_0_and_1(ops.sum(f, axis=-1))),
    ),
)
def test_a_silent_layer_has_finite_gradients(term):
    _, (gradient,) = value_and_gradient(term, np.zeros((3, 4, 4, 2)))
    np.testing.assert_array_equal(gradient, 0)
