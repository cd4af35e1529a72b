"""Statistics of a network's norms, measured again."""

import keras
import numpy as np
from keras import ops

from kerassnn.models import graph
from kerassnn.models.kinds import is_norm
from kerassnn.ops.checks import check_inputs


def recalibrate(
    net: keras.Model, x: np.ndarray, batch_size: int = 64
) -> keras.Model:
    """Measures the statistics of all norms again, as averages over batches.

    For a network whose currents have changed while its norms have not seen
    it: another T, precision or scale, or a conversion. Runs forward in
    training mode, so that each norm sees what those before it normalise by
    the batch, and dropout acts; nothing else is learned.

    Args:
        net: Keras model; its moving means and variances change in place,
            those of frozen norms too.
        x: Array (N, ...), inputs as the model takes them. Some thousand
            training images will do.
        batch_size: Int, as in training. A last, smaller batch counts for
            less.

    Returns:
        `net`.

    Raises:
        ValueError: if `x` is empty or not finite.

    Reference: Wu and Johnson, Rethinking "Batch" in BatchNorm, 2021,
        arXiv 2105.07576 (PreciseBN).
    """
    check_inputs("`x`", x)
    inner = map(graph.unwrapped, graph.layers(net).values())
    norms = list(
        {id(layer): layer for layer in inner if is_norm(layer)}.values()
    )
    before = [(norm.momentum, norm.trainable) for norm in norms]
    sums = [0.0] * 2 * len(norms)
    try:
        for norm in norms:
            norm.momentum, norm.trainable = 0.0, True
        for start in range(0, len(x), batch_size):
            batch = x[start : start + batch_size]
            for variable in _statistics(norms):
                # Not what an earlier NaN would leave of 0 x NaN.
                variable.assign(np.zeros(variable.shape, "float32"))
            net(ops.convert_to_tensor(batch), training=True)
            for i, variable in enumerate(_statistics(norms)):
                value = ops.convert_to_numpy(variable).astype("float64")
                sums[i] = sums[i] + value * (len(batch) / len(x))
    finally:
        for norm, (momentum, trainable) in zip(norms, before, strict=True):
            norm.momentum, norm.trainable = momentum, trainable
    for variable, value in zip(_statistics(norms), sums, strict=True):
        variable.assign(value.astype("float32"))
    return net


def _statistics(norms):
    return [v for n in norms for v in (n.moving_mean, n.moving_variance)]
