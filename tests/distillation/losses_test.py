"""Loss terms on logits: value and gradient equal the NumPy twin's."""

import numpy as np
import pytest
from keras import ops

from kerassnn.distillation import losses
from kerassnn.distillation import step_teaching as teaching
from kerassnn.distillation.methods import bkdsnn
from kerassnn.distillation.methods import ckdsnn
from kerassnn.distillation.methods import enhanced_self_distillation
from kerassnn.distillation.methods import htakl
from kerassnn.distillation.methods import seal_kd
from kerassnn.distillation.methods import tet
from kerassnn.distillation.methods import tser
from kerassnn.distillation.methods import tssd
from tests.gradients import assert_close
from tests.gradients import value_and_gradient
from tests.reference import complex_step
from tests.reference import losses as twin

pytestmark = pytest.mark.numeric
B, T, K = 6, 4, 5
RNG = np.random.default_rng(3)
Z_T = RNG.normal(0, 2, (B, T, K)).astype("float32")
Z = Z_T.mean(1)
TEACHER = RNG.normal(0, 2, (B, K)).astype("float32")
NOISE = RNG.normal(size=(B, K)).astype("float32")
Y = Z_T[:, 1].argmax(-1).astype("int32")  # the second step is right
Y[3] = Z_T[3].sum(0).argmin()  # but for one sample
t = ops.convert_to_tensor
STRONG = Z_T * np.array([1, 2, 0.5, 1.5], "float32")[:, None]

CASES = {
    "kd": (
        Z,
        lambda z: losses.logits_kd(t(TEACHER), z, 4.0),
        lambda z: twin.kd(TEACHER, z, 4.0),
    ),
    "step kd": (
        Z_T,
        lambda z: losses.step_kd(t(TEACHER), z, 3.0),
        lambda z: twin.kd(TEACHER, z, 3.0),
    ),
    "entropy": (
        Z_T,
        lambda z: tser.step_entropy(z, 2.0),
        lambda z: twin.entropy(z / 2.0),
    ),
    "margin": (
        Z_T,
        lambda z: tet.margin(z, 1.0),
        lambda z: twin.tet(z, Y, 1.0),
    ),
    "vote of right steps": (
        Z_T,
        lambda z: losses.step_kd(
            ops.stop_gradient(losses.right_vote(z, t(Y))), z, 3.0
        ),
        lambda z: twin.twsd(z, Y, 3.0, "right"),
    ),
    "strong to weak": (
        STRONG,
        lambda z: teaching.first_teaches_last(teaching.ranked(z), 2.0),
        lambda z: twin.strong_weak(z, 2.0, "weak"),
    ),
    "weak to strong": (
        STRONG,
        lambda z: teaching.first_teaches_last(
            ops.flip(teaching.ranked(z), axis=1), 2.0
        ),
        lambda z: twin.strong_weak(z, 2.0, "strong"),
    ),
    "tssd": (
        Z_T,
        lambda z: tssd.self_kd(
            ops.mean(z, axis=1), ops.mean(z[:, :2], axis=1), 2.0
        ),
        lambda z: twin.tssd_temporal(z, 2, 2.0),
    ),
    "weighted soft label": (
        Z,
        lambda z: bkdsnn.weighted_soft_label(t(Y), t(TEACHER), z, 2.0),
        lambda z: twin.wsld(TEACHER, z, Y, 2.0),
    ),
    "head and tail": (
        Z,
        lambda z: htakl.head_tail_kl(t(TEACHER), z, 2.0, 0.5),
        lambda z: twin.hta_kl(TEACHER, z, 2.0, 0.5),
    ),
    "error alignment": (
        Z_T,
        lambda z: seal_kd.error_aligned_kd(t(TEACHER), z, t(Y), 3.0),
        lambda z: twin.seal_ela(z, TEACHER, Y, 3.0),
    ),
    "agreement of steps": (
        Z_T,
        lambda z: seal_kd.step_agreement(z, 3.0),
        lambda z: twin.seal_sta(z, 3.0),
    ),
    "reliable outputs": (
        Z_T,
        lambda z: enhanced_self_distillation.reliable_kd(z, t(Y), 3.0),
        lambda z: twin.enhanced_self(list(z.swapaxes(0, 1)), Y, 3.0),
    ),
    "noisy logits": (
        Z,
        lambda z: ckdsnn.noisy_kd(t(TEACHER), z, t(NOISE), 0.1, 2.0),
        lambda z: twin.noisy_logits(TEACHER, z, 0.1, NOISE, 2.0),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_value_and_gradient_equal_twin(name):
    z, ours, reference = CASES[name]
    value, (gradient,) = value_and_gradient(ours, z)
    expected, (slope,) = complex_step.value_and_gradient(reference, z)
    assert value == pytest.approx(expected, rel=2e-6)
    assert np.abs(slope).max() > 1e-4
    assert_close(gradient, slope, 2e-6)


def test_samples_cover_both_branches():
    """Some samples have a right step, some have none, some have several."""
    right = (Z_T.argmax(-1) == Y[:, None]).sum(1)
    assert right.min() == 0 and right.max() > 1


@pytest.mark.parametrize(
    "term",
    (
        lambda z: losses.logits_kd(z, z, 4.0),
        lambda z: losses.step_kd(z, ops.stack([z] * 3, axis=1), 3.0),
        lambda z: htakl.head_tail_kl(z, z, 2.0, 0.5),
        lambda z: seal_kd.step_agreement(ops.stack([z] * 3, axis=1), 3.0),
        lambda z: teaching.first_teaches_last(ops.stack([z, z], 1), 2.0),
    ),
)
def test_no_divergence_between_equals(term):
    value = ops.convert_to_numpy(term(t(TEACHER)))
    assert abs(value) < 1e-6


def test_uniform_steps_have_entropy_log_classes():
    value = tser.step_entropy(ops.zeros((2, 3, 7)), 1.0)
    assert_close(value, np.log(7))


@pytest.mark.parametrize("reversed_order", (False, True))
def test_cascade_and_ensemble(reversed_order):
    confidence = np.max(twin.softmax(STRONG.astype("float64")), -1).mean(0)
    order = np.argsort(confidence if reversed_order else -confidence)
    steps = STRONG[:, order].astype("float64")
    ranked = teaching.ranked(t(STRONG))
    ranked = ops.flip(ranked, axis=1) if reversed_order else ranked
    pairs = [
        np.mean(twin.kl_rows(steps[:, t], steps[:, t + 1], 2.0))
        for t in range(T - 1)
    ]
    assert_close(teaching.each_teaches_next(ranked, 2.0), np.mean(pairs))
    crowd = steps[:, :-1].mean(1)
    expected = np.mean(twin.kl_rows(crowd, steps[:, -1], 2.0))
    actual = teaching.first_teaches_last(ranked, 2.0, ensemble=True)
    assert_close(actual, expected, 2e-6)
