"""ST-MNIST's .mat: spikes of 10 x 10 taxels, and a row of times."""

import io

import numpy as np

from kerassnn.data.events.recording import recording

SIDE = 10


def read(content):
    """Events of the matrix `spiketrain`, (101, N): -1, 0 or 1, and seconds.

    Taxel i stands at x = i % 10, y = i // 10; times are cut to whole
    microseconds, as tonic had it.

    Reference: See et al., ST-MNIST: The Spiking Tactile MNIST Neuromorphic
        Dataset, 2020, arXiv 2005.04319.
    """
    import scipy.io

    try:
        matrix = scipy.io.loadmat(
            io.BytesIO(content), variable_names=["spiketrain"]
        ).get("spiketrain")
    except Exception as error:  # scipy raises what it meets.
        raise ValueError(f"a damaged file of MATLAB: {error}") from error
    shape = getattr(matrix, "shape", None)
    if shape is None or len(shape) != 2 or shape[0] != SIDE * SIDE + 1:
        raise ValueError(f"a spiketrain of shape {shape}")
    if matrix.dtype.kind not in "iuf" or not np.isfinite(matrix).all():
        raise ValueError("a spiketrain that is not of finite numbers")
    spikes, seconds = matrix[:-1].T, matrix[-1]
    column, taxel = spikes.nonzero()
    return recording(
        taxel % SIDE,
        taxel // SIDE,
        (seconds[column] * 1e6).astype("int64"),
        spikes[column, taxel] > 0,
        SIDE,
        SIDE,
    )
