import keras
import numpy as np
from keras import ops

from kerassnn.layers import RateNeuron
from kerassnn.layers import SpikingNeuron


def firing_rates(model, x, batch_size=64):
    """Mean firing rate of every spiking layer.

    Args:
        model: Functional Keras model.
        x: Array (N, ...), inputs as the model takes them.
        batch_size: Int.

    Returns:
        Dict: layer name to spikes per neuron and timestep, in [0, 1], in
        the order of the layers; empty for an ANN.
    """
    kinds = (SpikingNeuron, RateNeuron)
    neurons = [layer for layer in model.layers if isinstance(layer, kinds)]
    spikes = [spikes_of(layer.output) for layer in neurons]
    rates = sample_means(model, spikes, x, batch_size)
    pairs = zip(neurons, rates, strict=True)
    return {layer.name: float(np.mean(rate)) for layer, rate in pairs}


def spikes_of(tensor):
    """The spikes where a rate-based network carries (spikes, rates)."""
    return tensor[0] if isinstance(tensor, (list, tuple)) else tensor


def sample_means(model, tensors, x, batch_size):
    """Mean of each tensor of `model` per sample of `x`, as arrays (N,).

    The means are taken inside the graph, so that the activations of a
    whole data set are never held.
    """
    if not tensors:
        return []
    means = [_mean(tensor) for tensor in tensors]
    found = keras.Model(model.inputs, means).predict(
        x, batch_size=batch_size, verbose=0
    )
    return found if isinstance(found, list) else [found]


def _mean(tensor):
    axes = tuple(range(1, len(tensor.shape)))
    return ops.mean(ops.cast(tensor, "float32"), axis=axes)
