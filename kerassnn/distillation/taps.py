"""Named tensors of a functional model."""

import copy
import difflib
import re
from collections.abc import Iterable
from collections.abc import Mapping

import keras

from kerassnn.distillation.tracing import nested
from kerassnn.distillation.tracing import traced
from kerassnn.layers import checks as layer_checks

# Layers' names, or tap -> name: how a user says what is tapped.
TapNames = Iterable[str] | Mapping[str, str]


class Taps:
    """One forward pass of a model, giving its tapped tensors by name.

    A plain object, not a layer: it shares the model's layers and must not be
    tracked as a second copy of them.

    Args:
        model: Functional or sequential `keras.Model`.
        names: Dict tap name -> layer name. A layer inside a nested model is
            named by its path, `"mobilenetv2/block_6_expand_relu"`, or by its
            name alone if no other layer has it. The tap `logits` may stand
            for the model's output whatever that layer is called.
        role: String for messages, `"student"` or `"teacher"`.

    Raises:
        ValueError: if the model has no such layer.
    """

    def __init__(self, model, names, role):
        paths = {
            tap: path_of(model, layer, role) for tap, layer in names.items()
        }
        self._model, found = _tapped(model, set(paths.values()) - {None})
        found[None] = self._model.outputs[0]
        self._single = len(model.inputs) == 1
        self.tensors = {tap: found[path] for tap, path in paths.items()}
        for tap, tensor in self.tensors.items():
            if not isinstance(tensor, keras.KerasTensor):
                raise ValueError(
                    f"tap {tap!r} of the {role} must be one tensor. "
                    f"Received: {tensor}"
                )
        self.shapes = {tap: t.shape for tap, t in self.tensors.items()}
        inputs = self._model.inputs
        self._model = keras.Model(
            inputs[0] if self._single else inputs, self.tensors
        )

    def __call__(self, x, training):
        if self._single and isinstance(x, (list, tuple)) and len(x) == 1:
            x = x[0]
        return self._model(x, training=training)

    def rebuilt(self, rebuild):
        """The same taps of `rebuild(model)`, a model with the same outputs."""
        taps = copy.copy(self)
        taps._model = rebuild(self._model)
        taps.tensors = taps._model.output
        taps.shapes = {tap: t.shape for tap, t in taps.tensors.items()}
        return taps

    def sequence(self, tap):
        """Shape (B, T, ...) of a tap that must have a static time axis."""
        layer_checks.sequence(self.shapes[tap], f"tap {tap!r}")
        return self.shapes[tap]


def stages(model):
    """Names of a model's stage taps, `stage1` to `stageN`, in order."""
    names = {path.split("/")[-1] for path in layer_paths(model)}
    found = [name for name in names if re.fullmatch(r"stage\d+", name)]
    return tuple(sorted(found, key=lambda name: int(name[5:])))


def layer_paths(model):
    """Paths of all layers, those of nested models with their model's name."""
    found = []
    for layer in model.layers:
        found.append(layer.name)
        if nested(layer):
            found += [f"{layer.name}/{path}" for path in layer_paths(layer)]
    return found


def as_mapping(taps):
    """Taps given as names, or as a dict to layer names, as a dict."""
    if isinstance(taps, str):
        raise ValueError(
            f"taps must be a sequence of names or a dict. Received: {taps!r}"
        )
    return dict(taps) if isinstance(taps, dict) else {t: t for t in taps}


def layer_at(model, layer, role):
    """The layer of a name or path, as `Taps` takes them."""
    found = model
    for name in path_of(model, layer, role).split("/"):
        found = found.get_layer(name)
    return found


def suffix(model, path):
    """What a functional model computes behind a layer.

    Args:
        model: Functional `keras.Model`.
        path: Path of the layer.

    Returns:
        `keras.Model` from the layer's output to the model's, sharing layers.
    """
    name, _, rest = path.partition("/")
    clone, calls = traced(model)
    tensor = next(out for layer, _, out in calls if layer.name == name)
    end = clone.outputs[0]
    if tensor is end:
        tensor = keras.Input(batch_shape=end.shape, dtype=end.dtype)
        end = keras.layers.Identity()(tensor)
    tail = keras.Model(tensor, end)
    if not rest:
        return tail
    inner = suffix(model.get_layer(name), rest)
    return keras.Model(inner.inputs[0], tail(inner.outputs[0]))


def path_of(model, layer, role):
    """Path of a layer given by path or name; `None` for the output."""
    paths = layer_paths(model)
    if layer in paths:
        return layer
    if layer == "logits" and len(model.outputs) == 1:
        return None
    inside = [path for path in paths if path.endswith(f"/{layer}")]
    if len(inside) == 1:
        return inside[0]
    near = inside or difflib.get_close_matches(layer, paths, n=3)
    hint = f"nearest: {near}" if near else f"its last layers: {paths[-5:]}"
    raise ValueError(
        f"the {role} {model.name!r} has no layer for the tap {layer!r}; {hint}"
    )


def _tapped(model, paths):
    """The model on new inputs, and the tensor at each of its `paths`.

    A nested model with taps inside gives them as further outputs.
    """
    found = {}

    def call(layer, *args, **kwargs):
        prefix = f"{layer.name}/"
        inside = {p[len(prefix) :] for p in paths if p.startswith(prefix)}
        if not inside or not nested(layer):
            return layer(*args, **kwargs)
        clone, tensors = _tapped(layer, inside)
        outputs = {"/": clone.output, **tensors}
        several = keras.Model(clone.input, outputs, name=layer.name)
        outputs = several(*args, **kwargs)
        for path in inside:
            found.setdefault(prefix + path, outputs[path])
        return outputs["/"]

    clone, calls = traced(model, call)
    # Of a layer called twice, the first call.
    here = {layer.name: outputs for layer, _, outputs in reversed(calls)}
    given = [x for x in clone.layers if isinstance(x, keras.layers.InputLayer)]
    here |= {layer.name: layer.output for layer in given}
    return clone, found | {path: here[path] for path in paths & here.keys()}
