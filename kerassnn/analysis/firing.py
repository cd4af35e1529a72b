from typing import Any

import keras
import numpy as np

from kerassnn.analysis.replaying import means
from kerassnn.layers import RateNeuron
from kerassnn.layers import SpikingNeuron
from kerassnn.models.graph import trace

NEURONS = SpikingNeuron, RateNeuron


def firing_rates(
    model: keras.Model, x: Any, batch_size: int = 64
) -> dict[str, float]:
    """Mean firing rate of every spiking layer.

    Args:
        model: Functional or sequential Keras model.
        x: Array (N, ...), inputs as the model takes them.
        batch_size: Int.

    Returns:
        Dict: layer name to spikes per neuron and timestep, in [0, 1], in
        the order of the data; empty for an ANN. A layer of a nested model
        has that model's name before its own: `"net/stem_act"`.

    Raises:
        ValueError: if `model` has no graph, or `x` is empty or not finite.
    """
    calls, _ = trace(model)
    paths = [call.path for call in calls if isinstance(call.layer, NEURONS)]
    if not paths:
        return {}
    found = means(model, _spikes, x, batch_size)
    pairs = zip(paths, found, strict=True)
    return {path: float(np.mean(rate)) for path, rate in pairs}


def _spikes(path, layer, inputs, outputs):
    # A rate-based network carries (spikes, rates).
    return outputs[:1] if isinstance(layer, NEURONS) else []
