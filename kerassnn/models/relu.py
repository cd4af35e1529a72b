"""A network as conversion takes it: flat, its ReLUs layers of their own."""

import itertools

import keras

from kerassnn.models import graph
from kerassnn.models.flow import clone
from kerassnn.models.homogeneous import check_shared
from kerassnn.models.linear import is_linear

AT_THE_END = ("softmax", "sigmoid")


def relu_network(model, replace):
    """A copy of `model` without nested models and fused activations.

    Args:
        model, replace: As in `convert`.

    Returns:
        Functional `keras.Model` with copies of the weights. Activations of
        layers are layers `<name>_act`, bounds of ReLUs are gone, and so is a
        softmax or sigmoid at the end. A layer that is called again is
        another one there, `<name>_1`.

    Raises:
        ValueError: if `model` has no graph or several outputs, weights are
            used in two places, or `replace` names what it does not have.
    """
    calls, outputs = graph.trace(model)
    check_shared(calls)
    if len(outputs) != 1:
        raise ValueError(
            f"expected one output, the logits, received: {len(outputs)} of "
            f"model={model.name!r}"
        )
    if not isinstance(replace, dict):
        raise ValueError(f"expected a dict, received: replace={replace!r}")
    return _Flattening(model, calls, outputs[0], replace).model


class _Flattening:
    def __init__(self, model, calls, last, replace):
        self.names = graph.flat_names({call.path: 0 for call in calls})
        self.last, self.replace = last, replace
        self.layers, self.used = {}, set()
        self.taken = set()
        inputs = [
            keras.Input(batch_shape=t.shape, dtype=t.dtype, name=t.name)
            for t in model.inputs
        ]
        (output,) = graph.replay(model, inputs, self._call)
        unknown = sorted(set(map(str, replace)) - self.used)
        if unknown:
            raise ValueError(
                "expected names of activations or layers of "
                f"{model.name!r}, received: replace of {unknown}"
            )
        inputs = inputs[0] if len(inputs) == 1 else inputs
        self.model = keras.Model(inputs, output, name=model.name)
        given = graph.layers(model)
        for path, layer in self.layers.items():
            if layer.weights:
                layer.set_weights(given[path].get_weights())

    def _call(self, path, layer, args, kwargs, outputs):
        name = self._name(path)
        final = outputs[0] is self.last
        for key in (path, layer.name):
            if key in self.replace:
                return self._instead(key, name)(args[0])
        if is_linear(layer):
            x = self._copy(path, layer, name, activation="linear")(
                *args, **kwargs
            )
            return self._activated(x, _activation(layer), f"{name}_act", final)
        activation = _activation(layer)
        if activation is not None:
            return self._activated(args[0], activation, name, final, layer)
        if not isinstance(layer, keras.layers.Layer):
            return layer(*args, **kwargs)
        return self._copy(path, layer, name)(*args, **kwargs)

    def _activated(self, x, activation, name, final, layer=None):
        """What an activation gives, of a layer of its own or one without."""
        if activation in self.replace:
            return self._instead(activation, name)(x)
        if activation == "linear" or (final and activation in AT_THE_END):
            return x
        if activation == "relu":
            return keras.layers.ReLU(name=name)(x)
        if isinstance(layer, keras.layers.Layer):
            return clone(layer, name)(x)
        return keras.layers.Activation(activation, name=name)(x)

    def _instead(self, key, name):
        self.used.add(key)
        value = self.replace[key]
        if value == "relu":
            return keras.layers.ReLU(name=name)
        if isinstance(value, keras.layers.Layer):
            return clone(value, name)
        return keras.layers.Activation(value, name=name)

    def _copy(self, path, layer, name, **changed):
        config = {**layer.get_config(), **changed, "name": name}
        self.layers[path] = type(layer).from_config(config)
        return self.layers[path]

    def _name(self, path):
        """The layer's name, or a new one where it is called again."""
        name = self.names[path]
        if name in self.taken:
            others = (f"{name}_{i}" for i in itertools.count(1))
            known = self.taken | {*self.names.values()}
            name = next(other for other in others if other not in known)
        self.taken.add(name)
        return name


def _activation(layer):
    """The name of what a layer does to each value; `None` if it mixes them."""
    if isinstance(layer, keras.layers.ReLU):
        bent = layer.threshold or layer.negative_slope
        return "leaky_relu" if bent else "relu"
    if isinstance(layer, keras.layers.Softmax):
        return "softmax"
    if not isinstance(layer, keras.layers.Layer):
        kind = type(layer).__name__.lower()
        return kind if hasattr(keras.activations, kind) else None
    if isinstance(layer, keras.layers.Activation) or is_linear(layer):
        return getattr(layer.activation, "__name__", "activation")
    return None
