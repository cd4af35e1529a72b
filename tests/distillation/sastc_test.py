"""SASTC as a whole: total loss and gradient of a small net, in NumPy."""

import keras
import numpy as np
import pytest

from kerassnn.distillation import SASTC
from tests.distillation import nets
from tests.gradients import assert_close
from tests.reference import complex_step
from tests.reference import features
from tests.reference import losses
from tests.reference import neurons

pytestmark = pytest.mark.numeric
SEED = 24  # some samples leave a stage silent at some step
T, RATE = 2, 4096.0  # a power of two: scaling by it rounds nothing
WEIGHTS = {"task": 0.75, "kd": 1.5, "feature": 20.0}
NEURON = neurons.Neuron(strict=True)


def spiking(x, weights):
    """Twin of `nets.student`: spikes of both stages, logits per step."""
    first, g1, b1, second, g2, b2, head, bias = weights
    x = features.batch_norm(features.conv(x, first), g1, b1, nets.EPSILON)
    current = np.repeat(x[:, None], T, 1)
    one, before, _ = neurons.forward(current, NEURON)
    x = features.mean_pool_to(one.reshape(-1, *one.shape[2:]), 2)
    x = features.batch_norm(features.conv(x, second), g2, b2, nets.EPSILON)
    two, after, _ = neurons.forward(x.reshape(-1, T, *x.shape[1:]), NEURON)
    gap = min(np.min(np.abs(h.real - 1)) for h in (before, after))
    return one, two, two.mean((2, 3)) @ head + bias, gap


def build(seed):
    """A distiller with drawn weights, its batch, its teacher's outputs."""
    rng = np.random.default_rng(seed)
    student, teacher = nets.student(T), nets.teacher()
    x, y = nets.batch(8, seed)
    distiller = SASTC(student, teacher, temperature=3.0, loss_weights=WEIGHTS)
    distiller.build((8, *x.shape[1:]))
    teacher.trainable = True
    nets.drawn(teacher.trainable_variables, rng)
    teacher.trainable = False
    nets.drawn(distiller.trainable_variables, rng)
    taps = [teacher.get_layer(f"stage{i}").output for i in (1, 2)]
    given = keras.Model(teacher.input, [*taps, teacher.output])(x)
    return distiller, x, y, arrays(given)


def arrays(variables):
    return [keras.ops.convert_to_numpy(v).astype("float64") for v in variables]


def total(x, y, given, student, queries, keys, regressors):
    one, two, z_t, _ = spiking(x, student)
    z = z_t.mean(1)
    feature = features.sastc(
        [one, two], given[:2], queries, keys, regressors, 1e-5
    )
    terms = losses.ce(z, y), losses.kd(given[2], z, 3.0), feature
    return sum(w * v for w, v in zip(WEIGHTS.values(), terms, strict=True))


def parts(distiller):
    """Weights of student, queries, keys, regressors as nested lists."""
    return (
        arrays(distiller.student.trainable_variables),
        [arrays(net.trainable_weights) for net in distiller.queries],
        [arrays(net.trainable_weights) for net in distiller.keys],
        [
            [arrays(net.trainable_weights) for net in row]
            for row in distiller.regressors
        ],
    )


def problem():
    """A seed whose potentials keep clear of the threshold."""
    distiller, x, y, given = build(SEED)
    weights = arrays(distiller.student.trainable_variables)
    one, two, _, gap = spiking(x.astype("float64"), weights)
    assert gap > 1e-4
    assert 0.05 < one.mean() < 0.9 and 0.05 < two.mean() < 0.9
    return distiller, x, y, given


def test_loss_and_every_gradient_equal_twin():
    distiller, x, y, given = problem()
    before = parts(distiller)
    distiller.compile(
        keras.optimizers.SGD(RATE),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=False,
        run_eagerly=True,
    )
    # The MLPs see the order of the batch.
    fit = distiller.fit(x, y, batch_size=8, shuffle=False, verbose=0)
    wide = x.astype("float64")
    expected = total(wide, y, given, *before)
    assert fit.history["loss"][0] == pytest.approx(expected, rel=2e-6)

    # One step of SGD at a huge rate writes down the gradient.
    after = parts(distiller)
    tangents = {}

    def loss(*student):
        return total(wide, y, given, list(student), *before[1:])

    _, slopes = complex_step.value_and_gradient(loss, *before[0])
    for old, new, slope in zip(before[0], after[0], slopes, strict=True):
        assert_close((old - new) / RATE, slope, 1e-5)

    # Adapters: each tensor's gradient along one direction, by dual numbers.
    rng = np.random.default_rng(0)
    start = keras.tree.flatten(before[1:])
    finish = keras.tree.flatten(after[1:])
    for n, (old, new) in enumerate(zip(start, finish, strict=True)):
        direction = rng.normal(size=old.shape)
        moved = list(start)
        moved[n] = old + 1j * complex_step.STEP * direction
        nested = keras.tree.pack_sequence_as(before[1:], moved)
        slope = total(wide, y, given, before[0], *nested).imag
        tangents[n] = slope / complex_step.STEP
        actual = np.sum((old - new) / RATE * direction)
        size = np.linalg.norm((old - new) / RATE)
        assert abs(actual - tangents[n]) <= 1e-4 * max(size, 1e-4)
    assert sum(abs(slope) > 1e-6 for slope in tangents.values()) > 10
