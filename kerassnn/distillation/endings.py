"""Whether a network ends in probabilities, where logits are expected."""

import keras
import numpy as np
from keras import ops

from kerassnn.distillation.tracing import last_layer
from kerassnn.distillation.tracing import nested
from kerassnn.distillation.tracing import traced
from kerassnn.layers import MeanReadout

# Names of functions, operations and layers, without their underscores.
SQUASHING = {"hardsigmoid", "sigmoid", "softmax", "sparsemax", "sparsesigmoid"}
# What probabilities stay probabilities behind.
PASSING = (
    MeanReadout,
    keras.layers.Average,
    keras.layers.Concatenate,
    keras.layers.Dropout,
    keras.layers.Flatten,
    keras.layers.GlobalAveragePooling1D,
    keras.layers.Identity,
    keras.layers.Reshape,
)
PASSING_OPS = {"Cast", "Concatenate", "Mean", "Reshape", "Squeeze", "Flip"}


def probabilities(model):
    """Name of the layer whose softmax or sigmoid a model ends in, or `None`.

    Nested models and wrapped layers are looked into. What happens inside a
    layer that is not Keras's or ours is left to `check_logits`.
    """
    clone, calls = traced(model)
    makers = {}
    for layer, args, outputs in calls:
        for tensor in keras.tree.flatten(outputs):
            makers[id(tensor)] = layer, keras.tree.flatten(args)
    left = list(clone.outputs)
    while left:
        layer, inputs = makers.get(id(left.pop()), (None, ()))
        found = layer is not None and _squashes(layer)
        if found:
            return found
        if layer is not None and _passes(layer):
            left.extend(inputs)
    return None


def check_logits(role, model, x, view=None):
    """ValueError if a model that cannot be looked into gives probabilities.

    Args:
        role: String for the message.
        model: `keras.Model` or `None`.
        x: Array or tensor of images, of which a few are tried, or a pair.
        view: Function of x that gives what the model is run on, or `None`.
    """
    if model is None or not _opaque(model):
        return
    if not all(hasattr(part, "shape") for part in keras.tree.flatten(x)):
        return
    x = keras.tree.map_structure(
        lambda part: ops.convert_to_tensor(ops.convert_to_numpy(part[:8])), x
    )
    x = x if view is None else view(x)
    logits = ops.convert_to_numpy(model(x, training=False)).astype("float32")
    off = np.abs(logits.sum(-1) - 1.0).max(initial=0.0)
    if logits.shape[-1] > 1 and off < 1e-2 and (logits >= 0).all():
        raise ValueError(
            f"the {role} must give logits. Received: rows that add up to one,"
            f" such as {logits[0].tolist()}"
        )


def _opaque(model):
    """Whether a model ends in a layer that cannot be looked into."""
    if not nested(model):
        return True
    last = last_layer(model)
    if isinstance(last, (keras.layers.Lambda, keras.Model)):
        return True
    function = getattr(last, "activation", None)
    own = (type(last).__module__, getattr(function, "__module__", "keras"))
    return any(x.split(".")[0] not in ("keras", "kerassnn") for x in own)


def _squashes(layer):
    """Name of a layer that ends in a softmax or sigmoid, or `None`."""
    if nested(layer):
        return probabilities(layer)
    inner = getattr(layer, "layer", None)
    if inner is not None:
        return _squashes(inner)
    function = getattr(layer, "activation", layer)
    name = getattr(function, "__name__", type(function).__name__)
    return layer.name if name.lower().replace("_", "") in SQUASHING else None


def _passes(layer):
    linear = keras.activations.linear
    inner = getattr(layer, "layer", layer)
    return (
        isinstance(inner, PASSING)
        or type(inner).__name__ in PASSING_OPS
        or getattr(inner, "activation", None) is linear
        and isinstance(inner, keras.layers.Activation)
    )
