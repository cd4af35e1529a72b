"""A network of Keras as the nodes and edges of NIR."""

import keras
import numpy as np

from kerassnn.export import nir_nodes
from kerassnn.export.nir_nodes import Unsupported
from kerassnn.layers.direct_encode import DirectEncode
from kerassnn.layers.mean_readout import MeanReadout
from kerassnn.layers.spiking_neuron import SpikingNeuron
from kerassnn.models import graph

SAME = (keras.layers.Identity, keras.layers.Dropout, DirectEncode, MeanReadout)


class Source:
    """What a tensor of Keras is in the graph.

    Args:
        nodes: Names of the nodes whose sum it is.
        pad: Int, zeros that belong around it.
        flat: Tuple (H, W, C) of what was flattened to it, or `None`.
        factor: Float, by which it is smaller than that sum.
    """

    def __init__(self, nodes, pad=0, flat=None, factor=1.0):
        self.nodes = list(nodes)
        self.pad = pad
        self.flat = flat
        self.factor = factor


class Graph:
    """Nodes and edges, made call by call.

    Args:
        library: The package `nir`.
        dt: Float, seconds a step.
        plain: Bool. Whether a LIF has r = 1, and pools add up, the next
            weights dividing.
    """

    def __init__(self, library, dt, plain=False):
        self.library = library
        self.dt = dt
        self.plain = plain
        self.nodes, self.edges = {}, []
        self.sources = {}

    def of(self, model):
        """The `NIRGraph` of a functional model."""
        calls, (output,) = _calls(model)
        size = np.array(_channels_first(model.inputs[0].shape[1:][-3:]))
        self.nodes["input"] = self.library.Input(input_type={"input": size})
        self.sources[id(model.inputs[0])] = Source(["input"])
        names = graph.flat_names([call.path for call in calls])
        for call in calls:
            try:
                (made,) = call.outputs
                self.sources[id(made)] = self.add(call, names[call.path])
            except Unsupported as error:
                raise ValueError(
                    f"NIR cannot express the network: layer {call.path!r} "
                    f"{error}"
                ) from error
        last = self.plain_source(self.sources[id(output)])
        size = np.array([output.shape[-1]])
        self.nodes["output"] = self.library.Output(output_type={"output": size})
        self.edges += [(name, "output") for name in last.nodes]
        return self.library.NIRGraph(nodes=self.nodes, edges=self.edges)

    def add(self, call, name):
        """What a call's output is."""
        inner = call.inner
        given = [self.sources[id(t)] for t in call.inputs]
        shape = call.inputs[0].shape
        if isinstance(inner, keras.layers.Add):
            return self.sum(given)
        if len(given) != 1:
            raise Unsupported(f"is a {type(inner).__name__}")
        (came,) = given
        if isinstance(inner, SAME):
            return came
        if isinstance(inner, keras.layers.ZeroPadding2D):
            pad = came.pad + _padding(inner)
            return Source(came.nodes, pad, factor=came.factor)
        if isinstance(inner, keras.layers.Flatten) and not came.pad:
            if len(shape) < 4:
                return came
            return self.flatten(name, came, shape[-3:])
        if type(inner) is keras.layers.Conv2D:
            size = [n - 2 * came.pad for n in shape[-3:-1]]
            node = nir_nodes.convolution(
                self.library, inner, size, came.pad, came.factor
            )
            return self.put(name, node, came)
        if came.pad:
            kind = type(inner).__name__
            raise Unsupported(f"is a {kind} that reads zeros put around")
        if isinstance(inner, keras.layers.Dense):
            node = nir_nodes.affine(self.library, inner, came.flat, came.factor)
            return self.put(name, node, came)
        if isinstance(inner, keras.layers.AveragePooling2D):
            return self.pool(name, came, _windows(inner, shape))
        if isinstance(inner, keras.layers.GlobalAveragePooling2D):
            if inner.keepdims:
                raise Unsupported("keeps axes of length 1")
            pooled = self.pool(name, came, shape[-3:-1])
            return self.flatten(f"{name}_flat", pooled, (1, 1, shape[-1]))
        self.plain_source(came)
        if isinstance(inner, keras.layers.Rescaling) and len(shape) > 3:
            node = nir_nodes.rescaling(self.library, inner, shape)
        elif isinstance(inner, SpikingNeuron):
            node = nir_nodes.neuron(
                self.library,
                inner,
                _channels_first(shape[2:]),
                self.dt,
                self.plain,
            )
        else:
            raise Unsupported(f"is a {type(inner).__name__}")
        return self.put(name, node, came, flat=came.flat)

    def sum(self, given):
        came = [n for source in given for n in self.plain_source(source).nodes]
        if len(set(came)) < len(came):
            raise Unsupported("adds a tensor to itself")
        if any(source.pad for source in given):
            raise Unsupported("reads zeros put around by a layer before")
        if len({source.flat for source in given}) > 1:
            raise Unsupported("adds what was flattened to what was not")
        return Source(came, flat=given[0].flat)

    def pool(self, name, came, size):
        node = nir_nodes.pooling(self.library, size, self.plain)
        made = self.put(name, node, came)
        made.factor = came.factor / (np.prod(size) if self.plain else 1)
        return made

    def flatten(self, name, came, shape):
        """From (C, H, W) to one axis."""
        node = self.library.Flatten(
            input_type={"input": np.array(_channels_first(shape))},
            start_dim=0,
            end_dim=-1,
        )
        made = self.put(name, node, came, flat=tuple(shape))
        made.factor = came.factor
        return made

    def put(self, name, node, came, flat=None):
        """Puts a node behind its sources."""
        while name in self.nodes:  # a layer that is called several times
            name += "_again"
        self.nodes[name] = node
        self.edges += [(source, name) for source in came.nodes]
        return Source([name], flat=flat)

    def plain_source(self, source):
        if source.factor != 1:
            raise Unsupported("reads a mean, and has no weights to divide by")
        return source


def _calls(model):
    shape = model.inputs[0].shape[1:]
    calls, outputs = graph.trace(model)
    kinds = [call.inner for call in calls]
    encoded = any(isinstance(kind, DirectEncode) for kind in kinds)
    if (
        len(model.inputs) != 1
        or len(outputs) != 1
        or not any(isinstance(kind, SpikingNeuron) for kind in kinds)
        or (len(shape) == 3 and not encoded)
    ):
        raise ValueError(
            "expected an SNN of static images with a `DirectEncode`, or "
            f"of event frames, received: {model.name!r}"
        )
    return calls, outputs


def _padding(layer):
    sizes = {n for side in layer.padding for n in side}
    if len(sizes) != 1:
        raise Unsupported("pads its sides differently")
    return sizes.pop()


def _windows(layer, shape):
    size, strides = layer.pool_size, layer.strides
    left = any(n % k for n, k in zip(shape[-3:-1], strides, strict=True))
    if left or size != strides:
        raise Unsupported("has windows that overlap, or leave a rest")
    return size


def _channels_first(shape):
    return (shape[-1], *shape[:-1])
