import dataclasses
from collections.abc import Iterable
from typing import Any

import keras
import numpy as np
from keras import ops

from kerassnn.layers import RateNeuron
from kerassnn.layers import SpikingNeuron
from kerassnn.models.graph import replay
from kerassnn.models.graph import trace
from kerassnn.ops.checks import check_inputs
from kerassnn.ops.lif import lif_charge
from kerassnn.ops.native_steps import loop
from kerassnn.ops.native_steps import plain


@dataclasses.dataclass(frozen=True)
class Recording:
    """What the neurons of one layer did, step by step.

    Args:
        spikes: Array (B, T, ...), 0 or 1.
        potentials: Array (B, T, ...), after the reset of each step (unit:
            that of the threshold). Of a neuron whose state is a structure,
            its first tensor.
        charged: Array (B, T, ...), the potentials before the reset, which
            are compared with the threshold; `None` for a neuron with a
            `step` of its own, which does not tell them.
        threshold: Float.
        reset: Float, or `None` where the threshold is subtracted.
    """

    spikes: np.ndarray
    potentials: np.ndarray
    charged: np.ndarray | None
    threshold: float
    reset: float | None


def record(
    net: keras.Model,
    x: Any,
    layers: Iterable[str] | None = None,
    batch_size: int = 64,
) -> dict[str, Recording]:
    """Spikes and potentials of neurons over time.

    Each neuron runs by its `step`. All of it is kept in memory, so give it
    few inputs, or few layers.

    Args:
        net: Functional or sequential SNN.
        x: Array (N, ...), inputs as the network takes them.
        layers: Names of the layers to record, behind those of the nested
            models they are in: `"net/stem_act"`. Defaults to all neurons.
        batch_size: Int.

    Returns:
        Dict: layer name to `Recording`, in the order of the data.

    Raises:
        ValueError: if `net` has no graph, or no neuron of a name, or `x` is
            empty or not finite.

    Example:
        >>> net = kerassnn.zoo.load("resnet8_sastc_digits")
        >>> found = record(net, images, ["stem_act"])["stem_act"]
        >>> found.spikes.shape[1]
        4
    """
    check_inputs("`x`", x)
    calls, _ = trace(net)
    neurons = {
        call.path: _neuron(call.layer)
        for call in calls
        if _neuron(call.layer) is not None
    }
    chosen = [*neurons] if layers is None else _names(layers, neurons)
    if not chosen:
        return {}
    found = iter(_Recorder(net, chosen).predict(x, batch_size, verbose=0)[1:])
    result = {}
    for path, neuron in neurons.items():
        if path in chosen:
            parts = [next(found) for _ in range(3 - neuron.steps_itself)]
            spikes, potentials, charged = (*parts, None)[:3]
            result[path] = Recording(
                spikes, potentials, charged, neuron.v_threshold, neuron.v_reset
            )
    return result


class _Recorder(keras.Model):
    """Of each neuron: its spikes, its potentials, and those before resets."""

    def __init__(self, net, paths):
        super().__init__(name="recorder", autocast=False)
        self.net = net
        self.paths = {*paths}

    def call(self, inputs):
        flat = keras.tree.flatten(inputs)
        given = zip(flat, self.net.inputs, strict=True)
        found = {}

        def run(path, layer, args, kwargs, outputs):
            # Of a neuron that runs several times, the first is recorded.
            if path in self.paths and path not in found:
                currents = keras.tree.flatten((args, kwargs))[0]
                found[path] = _recorded(_neuron(layer), currents)
            return layer(*args, **kwargs)

        replay(self.net, [ops.cast(x, t.dtype) for x, t in given], run)
        # A first one, as `predict` gives no list of one tensor.
        marker = ops.zeros(ops.shape(flat[0])[:1])
        return [marker, *(y for parts in found.values() for y in parts)]


def _recorded(neuron, currents):
    dtype = keras.backend.result_type(currents.dtype, "float32")
    currents = ops.cast(currents, dtype)
    dynamics = None if neuron.steps_itself else neuron.dynamics.cast(dtype)

    def advance(state, inputs):
        spikes, after = neuron.step(state, *inputs)
        found = spikes, keras.tree.flatten(after)[0]
        if dynamics is not None:
            found += (lif_charge(state, *inputs, dynamics),)
        return after, found

    def run(sequence):
        start = neuron.initial_state(currents[:, 0])
        return loop(advance, start, (sequence,))[1]

    return plain(run)(currents)


def _neuron(layer):
    inner = layer.layer if isinstance(layer, RateNeuron) else layer
    return inner if isinstance(inner, SpikingNeuron) else None


def _names(layers, neurons):
    chosen = [layers] if isinstance(layers, str) else [*layers]
    unknown = [name for name in chosen if name not in neurons]
    if unknown:
        raise ValueError(
            f"expected layers among the network's neurons, {[*neurons]}, "
            f"received: {unknown}"
        )
    return chosen
