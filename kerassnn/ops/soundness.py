"""Whether this machine's compiler computes in bfloat16 what it should.

XLA's compiler for CPUs, as jax 0.11 to 0.12 bring it, fuses a convolution
whose sum is rectified and averaged into a kernel that reads memory nobody
wrote: residual networks give NaN, or worse, numbers. Asked is the compiler, not
its version.
"""

import functools
from collections.abc import Iterable

import keras
import numpy as np
from keras import ops

FLAG = "XLA_FLAGS=--xla_cpu_experimental_ynn_fusion_type="


def check_dtypes(dtypes: Iterable[str]) -> None:
    """Refuses bfloat16 where it is computed wrongly.

    Args:
        dtypes: Names of the dtypes that are computed in.

    Raises:
        ValueError: if bfloat16 is among them and this backend's compiler,
            which is JAX's on a CPU, gets a residual block wrong.
    """
    if "bfloat16" in dtypes and not bfloat16_is_right():
        raise ValueError(
            "expected a compiler that computes bfloat16 rightly: that of this "
            "jax gives NaN for residual networks on CPUs. Set the environment "
            f"variable {FLAG} (nothing behind the last =) before Python "
            "starts, take jax 0.10, or compute in float32. Received: "
            "dtype='bfloat16'"
        )


def check_policy() -> None:
    """`check_dtypes` of what Keras's dtype policy computes in."""
    check_dtypes([keras.config.dtype_policy().compute_dtype])


def check_layers(*models: keras.Model | None) -> None:
    """`check_dtypes` of all layers' compute dtypes, nested models' too."""
    check_dtypes({dtype for model in models for dtype in _dtypes(model)})


@functools.cache
def bfloat16_is_right() -> bool:
    """Compiles and runs the smallest wrong pattern, once; True elsewhere."""
    return keras.backend.backend() != "jax" or bool(
        np.all(np.abs(_probe() - 1.0) < 0.1)
    )


def _probe() -> np.ndarray:
    """mean(relu(conv(relu(conv(x))) + x)) of ones; kernels of zeros.

    All of it is 1, on a CPU; other devices are not asked.
    """
    import jax

    @jax.jit
    def run(x, kernel):
        y = ops.relu(ops.conv(x, kernel, padding="same"))
        y = ops.relu(ops.conv(y, kernel, padding="same") + x)
        return ops.mean(y, axis=(1, 2))

    x = jax.numpy.ones((1, 8, 8, 64), "bfloat16")
    if any(device.platform != "cpu" for device in x.devices()):
        return np.ones(1)
    kernel = jax.numpy.zeros((3, 3, 64, 64), "bfloat16")
    return np.asarray(run(x, kernel)).astype("float32")


def _dtypes(model):
    for layer in getattr(model, "layers", ()):
        yield layer.compute_dtype
        yield from _dtypes(layer)
