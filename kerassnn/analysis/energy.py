import keras
import numpy as np
from keras import ops

from kerassnn.analysis.firing import sample_means
from kerassnn.analysis.firing import spikes_of
from kerassnn.layers import GlobalContext
from kerassnn.layers import PositionEncoding
from kerassnn.layers import RateFold
from kerassnn.layers import StepAttention
from kerassnn.layers import TimeFold

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

WEIGHTED = (
    keras.layers.Conv1D,
    keras.layers.Conv2D,
    keras.layers.Conv3D,
    keras.layers.Dense,
)


def energy(model, x, batch_size=64):
    """Operations and energy of one inference, from measured activity.

    E = 4.6 pJ MACs + 0.9 pJ SOPs, the estimate of this literature; what it
    leaves out is listed in `assumptions`. The MACs here are those really
    needed: all of an ANN's, an SNN's analog layers.

    Args:
        model: Functional Keras model.
        x: Array (N, ...), inputs as the model takes them.
        batch_size: Int.

    Returns:
        Dict: `sops` and `macs` an image, `picojoules` an image and
        `assumptions`.

    Raises:
        ValueError: if a layer with a kernel is not one that can be counted.
    """
    per_layer = sops(model, x, batch_size)
    spiking = sum(row["sops"] for row in per_layer.values())
    analog = sum(row["macs"] for row in per_layer.values())
    attends = any(_attention_macs(layer) for layer in model.layers)
    return {
        "sops": spiking,
        "macs": analog,
        "picojoules": E_AC * spiking + E_MAC * analog,
        "assumptions": ASSUMPTIONS + (ATTENTION if attends else ""),
    }


def sops(model, x, batch_size=64):
    """Synaptic operations of every weighted layer, for one image.

    A layer fed with spikes does T MACs rate synaptic operations, rate being
    the fraction of its inputs that spike; one fed with other values does its
    MACs in full. Where the spikes of each timestep share one factor, as in
    a network with `StepAttention`, each output is multiplied by it: a MAC
    more.
    Which of the three holds is measured, not assumed.

    Args:
        model: Functional Keras model.
        x: Array (N, ...), inputs as the model takes them.
        batch_size: Int.

    Returns:
        Dict: layer name to `{"sops", "macs", "rate"}`; rate is the nonzero
        fraction of the inputs.

    Raises:
        ValueError: if a layer with a kernel is not one that can be counted.
    """
    counted = {}
    for layer in model.layers:
        macs = _attention_macs(layer) or _macs(layer)
        if macs:
            counted[layer] = macs
    attends = any(isinstance(y, StepAttention) for y in model.layers)
    marks = [mark for layer in counted for mark in _marks(layer, attends)]
    means = [np.mean(m) for m in sample_means(model, marks, x, batch_size)]
    found = {}
    for i, (layer, macs) in enumerate(counted.items()):
        rate, graded, scaled = map(float, means[3 * i : 3 * i + 3])
        row = {"sops": macs * rate, "macs": 0.0, "rate": rate}
        if _attention_macs(layer) or (graded and scaled):
            row |= {"sops": 0.0, "macs": float(macs)}
        elif graded:
            row["macs"] = float(_size(layer.output))
        found[layer.name] = row
    return found


def _marks(layer, attends):
    """1 where the input is not 0; nor 1; nor the largest of its timestep.

    The last is asked behind a step attention only: a pool of next to silent
    neurons looks the same.
    """
    x = spikes_of(layer.input)
    zero = ops.equal(x, 0)
    spike = ops.logical_or(zero, ops.equal(x, 1))
    scaled = spike
    if attends and isinstance(layer, TimeFold):
        axes = tuple(range(2, len(x.shape)))
        largest = ops.max(x, axis=axes, keepdims=True)
        scaled = ops.logical_or(zero, ops.equal(x, largest))
    return [1.0 - ops.cast(same, "float32") for same in (zero, spike, scaled)]


def _macs(layer):
    """MACs of one forward pass of one sample, all timesteps together."""
    folded = isinstance(layer, (TimeFold, RateFold))
    inner = layer.layer if folded else layer
    if isinstance(inner, WEIGHTED):
        # Every output element sums over the kernel but its last axis, the
        # output channels; the outputs' shape holds T where time is folded.
        return _size(layer.output) * int(np.prod(inner.kernel.shape[:-1]))
    if isinstance(inner, PositionEncoding):
        return 0
    if any(len(weight.shape) > 1 for weight in inner.weights):
        known = ", ".join(cls.__name__ for cls in WEIGHTED)
        raise ValueError(
            f"expected kernels only in {known}, so that operations can be "
            f"counted, received: layer={layer.name} "
            f"({type(inner).__name__})"
        )
    return 0


def _attention_macs(layer):
    """MACs of an attention layer; 0 for others."""
    if not isinstance(layer, (GlobalContext, StepAttention)):
        return 0
    dense = sum(int(np.prod(w.shape)) for w in (layer.squeeze, layer.excite))
    if isinstance(layer, StepAttention):  # over T, once
        return dense
    return 3 * _size(layer.output) + layer.output.shape[1] * dense


def _size(tensor):
    """Number of values of one sample; of the spikes, where rates are too."""
    return int(np.prod(spikes_of(tensor).shape[1:]))
