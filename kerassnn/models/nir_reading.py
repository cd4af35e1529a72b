import graphlib
import os
import re
from typing import Any

import keras
import numpy as np

from kerassnn.layers import checks
from kerassnn.layers.direct_encode import DirectEncode
from kerassnn.layers.mean_readout import MeanReadout
from kerassnn.layers.time_fold import TimeFold
from kerassnn.models import nir_layers
from kerassnn.models.nir_file import read_graph
from kerassnn.models.nir_layers import Unsupported


def from_nir(
    source: str | os.PathLike | Any,
    timesteps: int,
    *,
    dt: float = 1e-4,
    images: bool = False,
) -> keras.Model:
    """A Keras model that computes what a NIR graph does.

    Affine, Linear, Conv1d, Conv2d, AvgPool2d, SumPool2d, Flatten, uniform
    Scale, IF, LIF, and CubaLIF without memory of its current (tau_syn = dt).
    Several edges into a node are summed. Neurons make one Euler step a
    timestep and fire above the threshold; potentials are in units of the
    input's gain.

    Args:
        source: Path of a `.nir` file, or a `nir.NIRGraph`.
        timesteps: Int >= 1, T.
        dt: Float > 0, seconds a timestep. Use `1.0` for graphs that count
            time in steps, such as Sinabs's of IF neurons with r = 1.
        images: Bool. Whether inputs are static images, shown at each step,
            in place of T frames. Defaults to `False`.

    Returns:
        Functional `keras.Model`: (B, T, H, W, C), or (B, H, W, C) with
        `images`, to (B, K), the mean over T of the graph's output.

    Raises:
        ValueError: if an argument is not as above, the file is malformed, or
            a node is of another kind or has constants that no layer has; the
            node is named.
        ImportError: without the package `nir` (extra `nir`).

    Example:
        >>> kerassnn.export.nir(student, "student.nir")
        >>> again = kerassnn.models.from_nir("student.nir", 4, images=True)
    """
    checks.timesteps(timesteps)
    dt = checks.number("dt", dt, "(0, inf)")
    checks.flag("images", images)
    given = isinstance(source, (str, os.PathLike))
    graph = read_graph(source) if given else source
    order, into = _ordered(graph)
    reading = _Reading(graph, into, dt, timesteps, images)
    for name in order:
        try:
            reading.add(name, graph.nodes[name])
        except (Unsupported, AttributeError, TypeError, ValueError) as error:
            where = f" of {os.fspath(source)!r}" if given else ""
            raise ValueError(
                "expected a graph for which there are layers, received: "
                f"node {name!r}{where} {error}"
            ) from error
    return reading.model()


class _Reading:
    """The graph's nodes, called one after the other."""

    def __init__(self, graph, into, dt, timesteps, images):
        self.into, self.dt = into, dt
        self.timesteps, self.images = timesteps, images
        self.names, self.values = {}, {}
        self.weights = []

    def add(self, name, node):
        kind = type(node).__name__
        if kind == "Input":
            self.values[name] = self.start(node), None
            return
        given = [self.values[source] for source in self.into[name]]
        if not given:
            raise Unsupported("has no input")
        if len({flat for _, flat in given}) > 1:
            raise Unsupported("adds what was flattened to what was not")
        x, flat = given[0]
        own = self.layer_name(name)
        if len(given) > 1:
            x = keras.layers.Add(name=f"{own}_inputs")([x for x, _ in given])
        if kind == "Output":
            if len(x.shape) != 3 or flat is not None:
                raise Unsupported(f"is a map, of shape {x.shape[2:]}")
            self.output = MeanReadout(dtype="float32", name="readout")(x)
            return
        if kind == "Flatten":
            self.values[name] = self.flatten(node, x, flat, own)
            return
        shape = tuple(x.shape[2:])
        made = nir_layers.layers_of(node, kind, shape, flat, self.dt, own)
        for layer, weights in made:
            x = layer(x)
            if weights:
                self.weights.append((name, layer, weights))
        keeps = kind in ("IF", "LIF", "CubaLIF", "Scale")
        self.values[name] = x, flat if keeps else None

    def start(self, node):
        shape = [int(n) for n in np.ravel(node.input_type["input"])]
        if not 1 <= len(shape) <= 3 or min(shape) < 1:
            raise Unsupported(f"is of shape {tuple(shape)}")
        shape = (*shape[1:], shape[0])
        if not self.images:
            self.input = keras.Input((self.timesteps, *shape), name="frames")
            return self.input
        self.input = keras.Input(shape, name="image")
        return DirectEncode(self.timesteps, name="encode")(self.input)

    def flatten(self, node, x, flat, name):
        last = len(x.shape) - 3
        ends = int(node.start_dim), int(node.end_dim)
        if ends[0] != 0 or ends[1] not in (-1, last):
            raise Unsupported(f"flattens axes {ends} alone")
        if last == 0:
            return x, flat
        shape = tuple(x.shape[2:])
        if last == 1:
            shape = (shape[0], 1, shape[1])
        return TimeFold(keras.layers.Flatten(), name=name)(x), shape

    def layer_name(self, name):
        """The node's name as Keras may have it."""
        own = re.sub(r"[^A-Za-z0-9_]", "_", name)
        own = own if own[:1].isalpha() else f"node_{own}"
        while own in self.names.values():
            own += "_"
        self.names[name] = own
        return own

    def model(self):
        result = keras.Model(self.input, self.output, name="nir")
        for name, layer, weights in self.weights:
            if [w.shape for w in layer.weights] != [w.shape for w in weights]:
                raise ValueError(
                    "expected weights that fit together, received: node "
                    f"{name!r} with {[w.shape for w in weights]}"
                )
            layer.set_weights(weights)
        return result


def _ordered(graph):
    """Names of the nodes, each behind its sources, and those of each."""
    if type(graph).__name__ != "NIRGraph":
        raise ValueError(f"expected a nir.NIRGraph, received: {graph!r}")
    into = {name: [] for name in graph.nodes}
    for source, target in graph.edges:
        if source not in into or target not in into:
            raise ValueError(
                f"expected edges between nodes, received: {source!r} to "
                f"{target!r}"
            )
        into[target].append(source)
    kinds = [type(node).__name__ for node in graph.nodes.values()]
    if kinds.count("Input") != 1 or kinds.count("Output") != 1:
        raise ValueError(
            "expected one input and one output, received: "
            f"{kinds.count('Input')} and {kinds.count('Output')}"
        )
    try:
        return list(graphlib.TopologicalSorter(into).static_order()), into
    except graphlib.CycleError as error:
        raise ValueError(
            f"expected no cycle, received: one of {error.args[1]}"
        ) from error
