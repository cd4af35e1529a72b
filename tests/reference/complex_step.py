"""Forward differentiation of NumPy code: the imaginary part is a tangent.

A number `a + i*h*b` with h = 1e-200 carries the value a and the derivative b,
exact to double precision because h squared is zero. Whatever a paper does to
a gradient is then one line: a stop-gradient drops the imaginary part, and a
surrogate spike chooses it.
"""

import numpy as np

STEP = 1e-200


def value_and_gradient(function, *arrays):
    """Value of `function(*arrays)` and its gradient in every array."""
    arrays = [np.array(array, np.complex128) for array in arrays]
    value = function(*arrays)
    gradients = []
    for array in arrays:
        gradient = np.zeros(array.shape)
        for index in np.ndindex(array.shape):
            kept = array[index]
            array[index] = kept + 1j * STEP
            gradient[index] = np.imag(function(*arrays)) / STEP
            array[index] = kept
        gradients.append(gradient)
    return float(np.real(value)), gradients


def stop(x):
    """The value without its tangent."""
    return np.real(x)


def with_tangent(value, slope, x):
    """`value`, whose derivative in x is the elementwise `slope`."""
    if np.iscomplexobj(x):
        return value + 1j * slope * x.imag
    return value


def relu(x):
    return np.where(np.real(x) > 0, x, 0)
