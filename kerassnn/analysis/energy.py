import keras
import numpy as np
from keras import ops

from kerassnn.analysis.firing import sample_means
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
    return {
        "sops": spiking,
        "macs": analog,
        "picojoules": E_AC * spiking + E_MAC * analog,
        "assumptions": ASSUMPTIONS,
    }


def sops(model, x, batch_size=64):
    """Synaptic operations of every weighted layer, for one image.

    A layer fed with spikes does T MACs rate synaptic operations, rate being
    the fraction of its inputs that spike; one fed with other values does its
    MACs in full. Which of the two holds is measured, not assumed.

    Args:
        model: Functional Keras model.
        x: Array (N, ...), inputs as the model takes them.
        batch_size: Int.

    Returns:
        Dict: layer name to `{"sops", "macs", "rate"}`, one of the first two
        being zero; rate is the nonzero fraction of the inputs.

    Raises:
        ValueError: if a layer with a kernel is not one that can be counted.
    """
    counts = {}
    for layer in model.layers:
        macs = _macs(layer)
        if macs:
            counts[layer.name] = (layer, macs)
    inputs = [layer.input for layer, _ in counts.values()]
    marks = [_nonzero(t) for t in inputs] + [_unlike_spikes(t) for t in inputs]
    means = [
        float(np.mean(mean))
        for mean in sample_means(model, marks, x, batch_size)
    ]
    rates, analog = means[: len(inputs)], means[len(inputs) :]
    return {
        name: _row(macs, rate, graded)
        for (name, (_, macs)), rate, graded in zip(
            counts.items(), rates, analog, strict=True
        )
    }


def _row(macs, rate, graded):
    if graded:
        return {"sops": 0.0, "macs": float(macs), "rate": rate}
    return {"sops": macs * rate, "macs": 0.0, "rate": rate}


def _macs(layer):
    """MACs of one forward pass of one sample, all timesteps together."""
    inner = layer.layer if isinstance(layer, TimeFold) else layer
    if isinstance(inner, WEIGHTED):
        # Every output element sums over the kernel but its last axis, the
        # output channels; the outputs' shape holds T where time is folded.
        outputs = layer.output.shape[1:]
        return int(np.prod(outputs)) * int(np.prod(inner.kernel.shape[:-1]))
    if any(len(weight.shape) > 1 for weight in inner.weights):
        known = ", ".join(cls.__name__ for cls in WEIGHTED)
        raise ValueError(
            f"expected kernels only in {known}, so that operations can be "
            f"counted, received: layer={layer.name} "
            f"({type(inner).__name__})"
        )
    return 0


def _nonzero(tensor):
    return ops.cast(ops.not_equal(tensor, 0), "float32")


def _unlike_spikes(tensor):
    spike = ops.logical_or(ops.equal(tensor, 0), ops.equal(tensor, 1))
    return 1.0 - ops.cast(spike, "float32")
