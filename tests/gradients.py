"""Gradients for tests, whatever the backend."""

import keras
import numpy as np


def value_and_gradient(function, *arrays):
    """NumPy value and gradients of a scalar function of float32 arrays."""
    arrays = [np.asarray(array, "float32") for array in arrays]
    value, gradients = _BACKENDS[keras.backend.backend()](function, arrays)
    gradients = [np.asarray(gradient, "float64") for gradient in gradients]
    return float(value), gradients


def variable_gradients(function, variables):
    """Value and gradients of `function()` in Keras variables.

    A variable that `function` does not reach gets `None`.
    """
    run = {
        "tensorflow": _tensorflow_variables,
        "jax": _jax_variables,
        "torch": _torch_variables,
    }[keras.backend.backend()]
    value, gradients = run(function, variables)
    return float(value), [
        None if gradient is None else np.asarray(gradient, "float64")
        for gradient in gradients
    ]


def weighted(outputs, weights):
    """Sum of `outputs * weights`: a scalar whose upstream is `weights`."""
    weights = keras.ops.convert_to_tensor(weights, outputs.dtype)
    return keras.ops.sum(outputs * weights)


def assert_close(actual, expected, tolerance=1e-6):
    """Largest error within `tolerance` of the largest entry."""
    actual = keras.ops.convert_to_numpy(actual).astype("float64")
    expected = np.asarray(expected, "float64")
    assert actual.shape == expected.shape
    error = np.max(np.abs(actual - expected), initial=0)
    scale = np.max(np.abs(expected), initial=0)
    assert error <= tolerance * max(scale, 1e-30), (
        f"error {error:.3g} against a largest entry of {scale:.3g}"
    )


def _tensorflow(function, arrays):
    import tensorflow as tf

    tensors = [tf.convert_to_tensor(array) for array in arrays]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        value = function(*tensors)
    gradients = tape.gradient(
        value, tensors, unconnected_gradients=tf.UnconnectedGradients.ZERO
    )
    return value, gradients


def _jax(function, arrays):
    import jax

    positions = tuple(range(len(arrays)))
    arrays = [jax.numpy.asarray(array) for array in arrays]
    return jax.value_and_grad(function, positions)(*arrays)


def _torch(function, arrays):
    import torch

    tensors = [torch.tensor(array, requires_grad=True) for array in arrays]
    value = function(*tensors)
    gradients = torch.autograd.grad(
        value, tensors, allow_unused=True, materialize_grads=True
    )
    return value.detach(), [gradient.numpy() for gradient in gradients]


_BACKENDS = {"tensorflow": _tensorflow, "jax": _jax, "torch": _torch}


def _tensorflow_variables(function, variables):
    import tensorflow as tf

    with tf.GradientTape() as tape:
        value = function()
    return value, tape.gradient(value, [v.value for v in variables])


def _jax_variables(function, variables):
    import jax

    def stateless(values):
        pairs = list(zip(variables, values, strict=True))
        with keras.StatelessScope(state_mapping=pairs):
            return function()

    start = [v.value for v in variables]
    value, gradients = jax.value_and_grad(stateless)(start)
    # JAX gives zeros where others give None.
    return value, [g if np.any(g) else None for g in gradients]


def _torch_variables(function, variables):
    import torch

    value = function()
    gradients = torch.autograd.grad(
        value, [v.value for v in variables], allow_unused=True
    )
    return value.detach(), gradients
