"""Named tensors of a functional model."""

import copy
import difflib
import re

import keras

from kerassnn.ops.lif import check_sequence


class Taps:
    """One forward pass of a model, giving its tapped tensors by name.

    A plain object, not a layer: it shares the model's layers and must not be
    tracked as a second copy of them.

    Args:
        model: Functional or sequential `keras.Model`.
        names: Dict tap name -> layer name. The tap `logits` may stand for
            the model's output whatever that layer is called.
        role: String for messages, `"student"` or `"teacher"`.

    Raises:
        ValueError: if the model has no such layer.
    """

    def __init__(self, model, names, role):
        self.tensors = {
            tap: _find(model, layer, role) for tap, layer in names.items()
        }
        self.shapes = {tap: t.shape for tap, t in self.tensors.items()}
        self._single = len(model.inputs) == 1
        inputs = model.inputs[0] if self._single else model.inputs
        self._model = keras.Model(inputs, self.tensors)

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
        check_sequence(self.shapes[tap], f"tap {tap!r}")
        return self.shapes[tap]


def stages(model):
    """Names of a model's stage taps, `stage1` to `stageN`, in order."""
    found = [x.name for x in model.layers if re.fullmatch(r"stage\d+", x.name)]
    return tuple(sorted(found, key=lambda name: int(name[5:])))


def as_mapping(taps):
    """Taps given as names, or as a dict to layer names, as a dict."""
    if isinstance(taps, str):
        raise ValueError(
            f"taps must be a sequence of names or a dict. Received: {taps!r}"
        )
    return dict(taps) if isinstance(taps, dict) else {t: t for t in taps}


def _find(model, layer, role):
    names = [x.name for x in model.layers]
    if layer in names:
        output = model.get_layer(layer).output
        if not isinstance(output, keras.KerasTensor):
            raise ValueError(
                f"tap {layer!r} of the {role} must be one tensor. "
                f"Received: {output}"
            )
        return output
    if layer == "logits" and len(model.outputs) == 1:
        return model.outputs[0]
    near = difflib.get_close_matches(layer, names, n=3)
    hint = f"nearest: {near}" if near else f"its last layers: {names[-5:]}"
    raise ValueError(
        f"the {role} {model.name!r} has no layer for the tap {layer!r}; {hint}"
    )
