"""What layers cost: multiplications with accumulation (MACs) of a sample.

A layer states its own by a method `macs(input_shape, output_shape)`, which
returns an int for all timesteps of one sample; the shapes have the batch in
front, and are lists of them where there are several. These MACs count in
full, unless the layer has the attribute `sums_inputs = True`: then each is a
product of a weight and an input, and costs a synaptic operation where that
is a spike. Keras's layers are in the table of `keras_costs`.
"""

import keras

from kerassnn.analysis.keras_costs import UNKNOWN
from kerassnn.analysis.keras_costs import Cost
from kerassnn.analysis.keras_costs import counting
from kerassnn.layers import QCFS
from kerassnn.layers import TDBN
from kerassnn.layers import TEBN
from kerassnn.layers import PositionEncoding
from kerassnn.layers import RateFold
from kerassnn.layers import RateNeuron
from kerassnn.layers import RateNorm
from kerassnn.layers import SpikingNeuron
from kerassnn.layers import TimeFold
from kerassnn.models.graph import Call

KL = keras.layers
# Weights, but no product that is counted: norms and constants fold into the
# next kernel, neurons and activations are left out.
FREE = (
    KL.BatchNormalization,
    KL.Embedding,
    KL.Normalization,
    KL.PReLU,
    PositionEncoding,
    QCFS,
    RateNeuron,
    RateNorm,
    SpikingNeuron,
    TDBN,
    TEBN,
)


def cost(call: Call) -> Cost:
    """What a call of a layer or an operation costs.

    Args:
        call: `kerassnn.models.graph.Call`.

    Raises:
        ValueError: if the layer has weights and is not known, or its shapes
            are not.
    """
    shapes = [tuple(t.shape) for t in call.inputs]
    outputs = [tuple(t.shape) for t in call.outputs]
    try:
        return _cost(call.layer, shapes, outputs[0], call)
    except TypeError as error:  # a product with a size that is None
        if all(None not in s[1:] for s in shapes + outputs):
            raise
        raise ValueError(
            "expected a model of known input shape, so that operations can "
            f"be counted, received: layer={call.path} of shape {outputs[0]}"
        ) from error


def _cost(layer, shapes, output, call):
    if callable(getattr(layer, "macs", None)):
        given = shapes if len(shapes) > 1 else shapes[0]
        macs = layer.macs(given, output)
        driven = getattr(layer, "sums_inputs", False)
        return Cost(driven=macs) if driven else Cost(full=macs)
    if isinstance(layer, FREE):
        return Cost()
    if isinstance(layer, (TimeFold, RateFold, KL.TimeDistributed)):
        inner = [(shape[0], *shape[2:]) for shape in (shapes[0], output)]
        found = _cost(layer.layer, inner[:1], inner[1], call)
        steps = output[1]
        return Cost(found.driven * steps, found.full * steps)
    name = type(layer).__name__
    count = counting(layer)
    if count is not None:
        return count(layer, shapes, output)
    if name in UNKNOWN or getattr(layer, "weights", None):
        raise ValueError(
            "expected layers whose operations can be counted: those of Keras "
            "that kerassnn.analysis knows, or with a method "
            "`macs(input_shape, output_shape)`, received: "
            f"layer={call.path} ({name})"
        )
    return Cost()
