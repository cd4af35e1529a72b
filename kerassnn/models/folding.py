"""Inference without norms: each is folded into the convolution before it."""

import keras
import numpy as np
from keras import ops

from kerassnn.layers.norms import TEBN
from kerassnn.layers.time_fold import TimeFold

INPUT = keras.layers.InputLayer
LINEAR = (
    keras.layers.Conv1D,
    keras.layers.Conv2D,
    keras.layers.Conv3D,
    keras.layers.Dense,
)


def fold_norms(model):
    """The same function at test time, with fewer layers to run.

    A norm that follows a convolution or dense layer, and nothing else reads
    that layer, becomes part of its kernel and bias:
    kernel' = kernel a and bias' = (bias - mean) a + beta, with
    a = gamma / sqrt(variance + epsilon). Other norms stay.

    Args:
        model: Functional Keras model, ANN or SNN, with merged BN.

    Returns:
        `keras.Model` for inference, without those norms, whose weights are
        copies. Outputs agree but for rounding, by which a neuron right
        at its threshold may fire in one and not in the other.

    Raises:
        ValueError: if `model` is not functional.

    Example:
        >>> fast = fold_norms(kerassnn.zoo.load("resnet8_sastc_digits"))
        >>> logits = fast.predict(images)
    """
    if not isinstance(model, keras.Model) or not hasattr(model, "operations"):
        raise ValueError(
            "expected a functional Keras model. Received: "
            f"model={type(model).__name__}"
        )
    norms = _foldable(model)

    def folded(layer):
        if layer.name not in norms.values():
            return type(layer).from_config(layer.get_config())
        config = _inner(layer).get_config()
        biased = type(_inner(layer)).from_config({**config, "use_bias": True})
        if not isinstance(layer, TimeFold):
            return biased
        return TimeFold(biased, name=layer.name)

    def call(layer, inputs, *args, **kwargs):
        if layer.name in norms:
            return inputs
        return layer(inputs, *args, **kwargs)

    result = keras.models.clone_model(model, None, folded, call)
    after = {linear: norm for norm, linear in norms.items()}
    for target in [x for x in result.layers if x.weights]:
        layer = model.get_layer(target.name)
        weights = layer.get_weights()
        if layer.name in after:
            norm = model.get_layer(after[layer.name])
            weights = _merge(_inner(layer), _inner(norm))
        target.set_weights(weights)
    return result


def _foldable(model):
    """Norm's name -> name of the layer it can be folded into."""
    # `y + x` is an operation without being a layer.
    layers = [x for x in model.operations if not isinstance(x, INPUT)]
    readers = [id(t) for layer in layers for t in _list(layer.input)]
    readers += [id(t) for t in model.outputs]
    makers = {
        id(layer.output): layer
        for layer in layers
        if isinstance(_inner(layer), LINEAR) and _is_linear(_inner(layer))
    }
    found = {}
    for layer in layers:
        inner = _inner(layer)
        is_norm = isinstance(inner, keras.layers.BatchNormalization)
        if not is_norm or isinstance(layer, TEBN):
            continue
        source = id(layer.input)
        last = inner.axis in (-1, len(layer.input.shape) - 1)
        if source in makers and readers.count(source) == 1 and last:
            found[layer.name] = makers[source].name
    return found


def _merge(linear, norm):
    kernel, *bias = linear.get_weights()
    mean = ops.convert_to_numpy(norm.moving_mean)
    variance = ops.convert_to_numpy(norm.moving_variance)
    scale = 1 / np.sqrt(variance.astype("float64") + norm.epsilon)
    if norm.scale:
        scale = scale * ops.convert_to_numpy(norm.gamma)
    shift = ((bias[0] if bias else 0.0) - mean) * scale
    if norm.center:
        shift = shift + ops.convert_to_numpy(norm.beta)
    return [kernel * scale, shift]


def _inner(layer):
    return layer.layer if isinstance(layer, TimeFold) else layer


def _is_linear(layer):
    return layer.activation is keras.activations.linear


def _list(tensors):
    return tensors if isinstance(tensors, (list, tuple)) else [tensors]
