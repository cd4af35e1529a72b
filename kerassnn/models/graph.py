"""A model's graph, nested and sequential models looked through."""

import keras


class Call:
    """One call of a layer or an operation within a model.

    Args:
        path: String, the layer's name behind those of the models around it:
            `"mobilenetv2/block_6_expand"`.
        layer: `keras.Operation`, as a rule a layer.
        inputs: List of symbolic tensors, those that stand for them in the
            graph around a nested model.
        outputs: List of symbolic tensors.
    """

    def __init__(self, path, layer, inputs, outputs):
        self.path = path
        self.layer = layer
        self.inputs = inputs
        self.outputs = outputs

    @property
    def inner(self):
        """The layer, or what a wrapper over time holds."""
        return unwrapped(self.layer)


def trace(model):
    """All calls of a model in the order of the data, nested ones too.

    Args:
        model: Functional or built sequential `keras.Model`.

    Returns:
        A pair: list of `Call`, and the list of the calls' outputs that are
        those of the model.

    Raises:
        ValueError: if `model` is neither.
    """
    found = []

    def record(path, layer, args, kwargs, outputs):
        flat = keras.tree.flatten((args, kwargs))
        inputs = [t for t in flat if isinstance(t, keras.KerasTensor)]
        found.append(Call(path, layer, inputs, outputs))
        return outputs

    check_graph(model)
    outputs = replay(model, model.inputs, record)
    return found, outputs


def replay(model, inputs, call, prefix=""):
    """Runs a model's graph on other values.

    Args:
        model: Functional or built sequential `keras.Model`.
        inputs: List of values in place of `model.inputs`.
        call: Function (path, layer, args, kwargs, outputs), `outputs` being
            the list of symbolic tensors of that call; returns the values in
            their place, or one value.
        prefix: String, put before the paths.

    Returns:
        List of the values of `model.outputs`.

    Raises:
        ValueError: if `model` has no graph.
    """
    check_graph(model)
    known = {id(t): x for t, x in zip(model.inputs, inputs, strict=True)}

    def value(t):
        return known[id(t)] if isinstance(t, keras.KerasTensor) else t

    for node in _nodes(model):
        layer, path = node.operation, prefix + node.operation.name
        given = node.arguments.args, node.arguments.kwargs
        if is_graph(layer):
            flat = [known[id(t)] for t in node.input_tensors]
            found = replay(layer, flat, call, f"{path}/")
        else:
            args, kwargs = keras.tree.map_structure(value, given)
            found = call(path, layer, args, kwargs, node.output_tensors)
            found = keras.tree.flatten(found)
        for t, x in zip(node.output_tensors, found, strict=True):
            known[id(t)] = x
    return [known[id(t)] for t in model.outputs]


def check_graph(model):
    """Raises ValueError unless `model` is functional or sequential."""
    if not is_graph(model):
        raise ValueError(
            "expected a functional Keras model, or a sequential one that is "
            f"built. Received: model={getattr(model, 'name', model)!r} of "
            f"type {type(model).__name__}"
        )


def is_graph(layer):
    """Whether a layer is a model with a graph of its own to look into."""
    if not isinstance(layer, keras.Model):
        return False
    if isinstance(layer, keras.Sequential):
        return layer.built and bool(layer.inputs)
    return hasattr(layer, "operations")


def layers(model):
    """Dict path -> layer of all layers, nested models looked through.

    Without those of the inputs, whose names are not kept by a copy.
    """
    found = {}
    for layer in model.layers:
        if isinstance(layer, keras.layers.InputLayer):
            continue
        if isinstance(layer, keras.Model):
            inner = layers(layer)
            found |= {f"{layer.name}/{path}": x for path, x in inner.items()}
        else:
            found[layer.name] = layer
    return found


def unwrapped(layer):
    """The layer that a wrapper such as `TimeFold` holds, or itself."""
    return layer.layer if isinstance(layer, keras.layers.Wrapper) else layer


class Copy:
    """A copy of a model, without models in it, some layers made anew.

    Args:
        model: Functional or built sequential `keras.Model`.
        make: Function `Call` -> new layer, or `None` for a copy of its own
            with the same weights.
        only: Set of paths that `make` is for; `None` for all.
        skipped: Set of paths of layers that are left out.

    Attributes:
        model: The functional `keras.Model`. Its layers have the innermost
            names; where two would be the same, the path's.
        layers: Dict path -> new layer.
    """

    def __init__(self, model, make, only=None, skipped=()):
        calls, _ = trace(model)
        self._calls = {call.path: call for call in reversed(calls)}
        self._names = flat_names(self._calls)
        self._make, self._only = make, only
        self._skipped = skipped
        self.layers = {}
        inputs = [
            keras.Input(batch_shape=t.shape, dtype=t.dtype, name=t.name)
            for t in model.inputs
        ]
        outputs = replay(model, inputs, self._call)
        self.model = keras.Model(
            _like(model.inputs, model, "input", inputs),
            _like(model.outputs, model, "output", outputs),
            name=model.name,
        )
        for path, layer in self.layers.items():
            given = self._calls[path].layer.weights
            if [v.shape for v in layer.weights] == [v.shape for v in given]:
                layer.set_weights(self._calls[path].layer.get_weights())

    def _call(self, path, layer, args, kwargs, outputs):
        if path in self._skipped:
            return args[0]
        if not isinstance(layer, keras.layers.Layer):
            return layer(*args, **kwargs)
        if path not in self.layers:
            self.layers[path] = self._new(self._calls[path])
        return self.layers[path](*args, **kwargs)

    def _new(self, call):
        made = None
        if self._only is None or call.path in self._only:
            made = self._make(call)
        kind = type(call.layer if made is None else made)
        config = (call.layer if made is None else made).get_config()
        return kind.from_config({**config, "name": self._names[call.path]})


def flat_names(paths):
    """Dict path -> name in a model without nested ones."""
    last = [path.split("/")[-1] for path in paths]
    return {
        path: name if last.count(name) == 1 else path.replace("/", "_")
        for path, name in zip(paths, last, strict=True)
    }


def _like(flat, model, side, tensors):
    """`tensors` in the structure in which `model` takes or gives them."""
    if isinstance(model, keras.Sequential) or len(flat) == 1:
        structure = getattr(model, side, None)
        if not isinstance(structure, (list, dict)):
            return tensors[0]
    return keras.tree.pack_sequence_as(getattr(model, side), tensors)


def _nodes(model):
    """The nodes of a model's own graph, each behind those it needs.

    Not `layer.input`: a layer may stand in several graphs.
    """
    done, order = {id(t) for t in model.inputs}, []
    stack = list(reversed(model.outputs))
    while stack:
        tensor = stack[-1]
        if id(tensor) in done:
            stack.pop()
            continue
        history = tensor._keras_history
        node = history.operation._inbound_nodes[history.node_index]
        missing = [t for t in node.input_tensors if id(t) not in done]
        if missing:
            stack += reversed(missing)
            continue
        stack.pop()
        done |= {id(t) for t in node.output_tensors}
        order.append(node)
    return order
