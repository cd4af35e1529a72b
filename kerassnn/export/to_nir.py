import dataclasses
import os

import keras
import numpy as np
from keras import ops

from kerassnn.export.nir_graph import Graph
from kerassnn.export.nir_runner import run_nir
from kerassnn.export.report import Report
from kerassnn.export.report import check_inputs
from kerassnn.export.report import checked_path
from kerassnn.export.report import compare
from kerassnn.files import replacing
from kerassnn.layers.direct_encode import DirectEncode
from kerassnn.models.nir_file import nir_library
from kerassnn.models.norm_folding import fold_norms

READERS = (None, "norse")
DT = 1e-4  # seconds a step, what readers of NIR take by default


def nir(
    model: keras.Model,
    path: str | os.PathLike,
    *,
    dt: float = DT,
    reader: str | None = None,
    check: np.ndarray | None = None,
) -> Report:
    """Writes an SNN as a NIR graph, and runs the file to see that it is right.

    Norms are folded into the convolutions before them. Images are (C, H, W),
    one a step; the output is the logits of each step, whose mean over T is
    the prediction. Residual sums are several edges into one node. Of a
    neuron h = r + decay (v - r) + gain x with hard reset to r, one Euler step
    of NIR's equations at `dt` is made by:

        tau             dt / (1 - decay)
        r               gain / (1 - decay); gain / dt of an IF
        v_leak, v_reset `v_reset`
        v_threshold     `v_threshold`, of a neuron that is not `strict` the
                        float32 below it: NIR's fires above, not at it

    Args:
        model: Functional SNN of static images or event frames.
        path: Path that ends in `.nir`.
        dt: Float > 0, seconds a timestep.
        reader: `None`, or `"norse"` for a file that Norse 1.1.0 reads right,
            as others do: its reader takes r as 1 and knows no average. A LIF
            then has r = 1 and potentials in units of 1 / r, and pooling adds
            up, the weights behind it dividing. Networks with branches it
            cannot run.
        check: Array (N, ...) of inputs on which file and network are
            compared. `None` makes some up.

    Returns:
        `Report`.

    Raises:
        ValueError: if the network has what NIR cannot express (a soft reset,
            an initial potential, max-pooling, a norm that follows no
            convolution, ...), told by the layer's name, or if the file
            computes something else.
        ImportError: without the package `nir` (extra `nir`).
    """
    path = checked_path(path, ".nir")
    library = nir_library()
    if not isinstance(dt, float) or not 0 < dt < np.inf:
        raise ValueError(f"expected a float dt > 0, received: dt={dt!r}")
    if reader not in READERS:
        raise ValueError(
            f"expected a reader of {READERS}, received: reader={reader!r}"
        )
    single = fold_norms(model)
    made = Graph(library, dt, plain=reader == "norse").of(single)
    x = check_inputs(check, single.input_shape[1:])
    expected = ops.convert_to_numpy(single(x, training=False))
    with replacing(path) as part:
        library.write(part, made)
        steps = _frames(single, x)
        logits = run_nir(library.read(part), steps, dt)
        report = compare(part, expected, np.mean(logits, axis=0))
    return dataclasses.replace(report, path=path)


def _frames(model, x):
    """The inputs as NIR takes them: a list over T of (N, C, H, W)."""
    if x.ndim == 5:
        return [np.moveaxis(x[:, t], -1, 1) for t in range(x.shape[1])]
    encoder = [e for e in model.layers if isinstance(e, DirectEncode)]
    return [np.moveaxis(x, -1, 1)] * encoder[0].timesteps
