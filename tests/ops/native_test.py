"""Batch norm in the backend's op against a closed form in float64."""

import numpy as np
import pytest
from keras import ops

from kerassnn.ops import batch_norm
from kerassnn.ops import batch_norm_steps
from tests.gradients import assert_close
from tests.gradients import value_and_gradient
from tests.gradients import weighted
from tests.reference import features

pytestmark = pytest.mark.numeric
EPSILON = 1e-3
PATHS = {"native": batch_norm, "steps": batch_norm_steps}


def problem(shape):
    rng = np.random.default_rng(0)
    x = rng.normal(0.4, 1.7, shape).astype("float32")
    gamma, beta = rng.normal(1, 0.3, (2, shape[-1])).astype("float32")
    return x, gamma, beta, rng.normal(size=shape).astype("float32")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("shape", ((7, 3), (4, 5, 3), (4, 6, 5, 3)))
def test_values_and_statistics(path, shape):
    x, gamma, beta, _ = problem(shape)
    y, mean, variance = PATHS[path](*map(ops.array, (x, gamma, beta)), EPSILON)
    wide, axes = x.astype("float64"), tuple(range(len(shape) - 1))
    assert_close(y, features.batch_norm(wide, gamma, beta, EPSILON), 2e-6)
    assert_close(mean, wide.mean(axes), 2e-6)
    assert_close(variance, wide.var(axes), 5e-6)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("shape", ((7, 3), (4, 6, 5, 3)))
def test_gradients(path, shape):
    x, gamma, beta, g = problem(shape)
    _, (dx, dgamma, dbeta) = value_and_gradient(
        lambda *args: weighted(PATHS[path](*args, EPSILON)[0], g),
        *(x, gamma, beta),
    )
    axes = tuple(range(len(shape) - 1))
    x, g = x.astype("float64"), g.astype("float64")
    scale = 1 / np.sqrt(x.var(axes) + EPSILON)
    unit = (x - x.mean(axes)) * scale
    inner = g - g.mean(axes) - unit * (g * unit).mean(axes)
    assert_close(dx, gamma * scale * inner, 5e-6)
    assert_close(dgamma, (g * unit).sum(axes), 5e-6)
    assert_close(dbeta, g.sum(axes), 5e-6)


@pytest.mark.parametrize("path", PATHS)
def test_given_statistics(path):
    x, gamma, beta, _ = problem((4, 6, 5, 3))
    moving = np.array([0.1, -1.0, 2.0], "float32"), np.array([1.0, 4.0, 0.25])
    y, *used = PATHS[path](
        *map(ops.array, (x, gamma, beta)),
        EPSILON,
        [ops.array(m, "float32") for m in moving],
    )
    mean, variance = moving
    want = gamma * (x - mean) / np.sqrt(variance + EPSILON) + beta
    assert_close(y, want, 2e-6)
    assert_close(used[0], mean)
    assert_close(used[1], variance)


def test_half_precision_keeps_float32_statistics():
    x, gamma, beta, _ = problem((16, 8, 8, 3))
    half = ops.cast(ops.array(x), "bfloat16")
    rounded = ops.convert_to_numpy(ops.cast(half, "float32")).astype("float64")
    y, mean, variance = batch_norm(
        half, ops.array(gamma), ops.array(beta), EPSILON
    )
    axes = (0, 1, 2)
    assert_close(mean, rounded.mean(axes), 2e-6)
    assert_close(variance, rounded.var(axes), 1e-5)
    want = features.batch_norm(rounded, gamma, beta, EPSILON)
    # The last of bfloat16's eight bits.
    assert_close(ops.cast(y, "float32"), want, 2.0**-8)
