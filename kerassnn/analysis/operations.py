from typing import Any

import keras
import numpy as np
from keras import ops

from kerassnn.analysis.costs import cost
from kerassnn.analysis.keras_costs import size
from kerassnn.analysis.replaying import means
from kerassnn.layers import GlobalContext
from kerassnn.layers import StepAttention
from kerassnn.layers import TimeFold
from kerassnn.models.graph import trace

E_MAC = 4.6  # picojoules, 45 nm, 32-bit float multiply and accumulate
E_AC = 0.9  # picojoules, 45 nm, 32-bit float accumulate
ASSUMPTIONS = (
    "45 nm: 4.6 pJ a MAC, 0.9 pJ a synaptic operation. A convolution or "
    "dense layer whose inputs are all 0 or 1 costs its MACs of every "
    "timestep times the fraction of inputs that are 1, as SOPs; any other "
    "costs all its MACs (the stem, which runs once on a static image, and a "
    "head behind an average pool). Normalisation is taken as folded into "
    "the weights; biases, neuron updates, pooling and memory traffic are "
    "not counted."
)
ATTENTION = (
    " Attention: a global context costs, at every timestep, three MACs for "
    "each current (the key, the weighted sum, the gate's product) and those "
    "of its two dense layers; a step attention costs its two dense layers. "
    "The step's factor is taken out of the sums of the layers that read the "
    "spikes: these cost their SOPs, and one MAC for each output. Position "
    "encodings are biases; softmax and sigmoid are not counted."
)

ATTENTIVE = GlobalContext, StepAttention
OTHERS = (
    " Products of two activations (attention, gates) cost their MACs, or "
    "SOPs by the sparser of the two where it is spikes; softmax is not "
    "counted. A norm over the features of a sample costs two MACs a value, "
    "the second half of a separable convolution its MACs, a layer with a "
    "`macs` of its own what that says."
)


def energy(model: keras.Model, x: Any, batch_size: int = 64) -> dict[str, Any]:
    """Operations and energy of one inference, from measured activity.

    E = 4.6 pJ MACs + 0.9 pJ SOPs, the estimate of this literature; what it
    leaves out is listed in `assumptions`. The MACs here are those really
    needed: all of an ANN's, an SNN's analog layers. Layers of one's own are
    counted if they have a method `macs(input_shape, output_shape)`, see
    `kerassnn.analysis.costs`.

    Args:
        model: Functional or sequential Keras model.
        x: Array (N, ...), inputs as the model takes them.
        batch_size: Int.

    Returns:
        Dict: `sops` and `macs` an image, `picojoules` an image and
        `assumptions`.

    Raises:
        ValueError: if `model` has no graph, a layer with weights is not one
            that can be counted, or `x` is empty or not finite.
    """
    per_layer = sops(model, x, batch_size)
    spiking = sum(row["sops"] for row in per_layer.values())
    analog = sum(row["macs"] for row in per_layer.values())
    calls, _ = trace(model)
    attention = [call for call in calls if isinstance(call.layer, ATTENTIVE)]
    others = [call for call in calls if call not in attention]
    costs = map(cost, others)
    return {
        "sops": spiking,
        "macs": analog,
        "picojoules": E_AC * spiking + E_MAC * analog,
        "assumptions": ASSUMPTIONS
        + (ATTENTION if attention else "")
        + (OTHERS if any(c.product or c.full for c in costs) else ""),
    }


def sops(
    model: keras.Model, x: Any, batch_size: int = 64
) -> dict[str, dict[str, float]]:
    """Synaptic operations of every layer that multiplies, for one image.

    A layer fed with spikes does T MACs rate synaptic operations, rate being
    the fraction of its inputs that spike; one fed with other values does its
    MACs in full. Where the spikes of each timestep share one factor, as in
    a network with `StepAttention`, each output is multiplied by it: a MAC
    more.
    Which of the three holds is measured, not assumed.

    Args:
        model: Functional or sequential Keras model.
        x: Array (N, ...), inputs as the model takes them.
        batch_size: Int.

    Returns:
        Dict: layer name to `{"sops", "macs", "rate"}`; rate is the nonzero
        fraction of the inputs, of the sparser where two are multiplied. A
        layer of a nested model has that model's name before its own.

    Raises:
        ValueError: if `model` has no graph, a layer with weights is not one
            that can be counted, or `x` is empty or not finite.
    """
    calls, _ = trace(model)
    costs = [(call, cost(call)) for call in calls]
    counted = [(call, found) for call, found in costs if found]
    paths = {call.path: found for call, found in counted}
    attends = any(isinstance(call.layer, StepAttention) for call in calls)

    def pick(path, layer, inputs, outputs):
        if path not in paths:
            return []
        factors = inputs if paths[path].product else inputs[:1]
        return [mark for t in factors for mark in _marks(layer, t, attends)]

    seen = map(float, map(np.mean, means(model, pick, x, batch_size)))
    found = {}
    for call, each in counted:
        factors = len(call.inputs) if each.product else 1
        marks = [[next(seen) for _ in range(3)] for _ in range(factors)]
        row = _row(each, marks, call)
        before = found.get(call.path, dict.fromkeys(row, 0.0))
        found[call.path] = {
            "sops": before["sops"] + row["sops"],
            "macs": before["macs"] + row["macs"],
            "rate": row["rate"],
        }
    return found


def _row(each, marks, call):
    """What a call costs, its inputs being as marked."""
    spikes = [mark for mark in marks if not (mark[1] and mark[2])]
    rate, graded, _ = min(spikes or marks)
    row = {"sops": each.driven * rate, "macs": float(each.full), "rate": rate}
    if not spikes:
        row |= {"sops": 0.0, "macs": float(each.full + each.driven)}
    elif graded:
        row["macs"] += size(call.outputs[0].shape)
    return row


def _marks(layer, x, attends):
    """1 where the input is not 0; nor 1; nor the largest of its timestep.

    The last is asked behind a step attention only: a pool of next to silent
    neurons looks the same.
    """
    zero = ops.equal(x, 0)
    spike = ops.logical_or(zero, ops.equal(x, 1))
    scaled = spike
    if attends and isinstance(layer, TimeFold):
        axes = tuple(range(2, len(x.shape)))
        largest = ops.max(x, axis=axes, keepdims=True)
        scaled = ops.logical_or(zero, ops.equal(x, largest))
    return [1.0 - ops.cast(same, "float32") for same in (zero, spike, scaled)]
