"""Inference without norms: each is folded into the convolution before it."""

import keras
import numpy as np
from keras import ops

from kerassnn.layers.norms import TEBN
from kerassnn.layers.time_fold import TimeFold
from kerassnn.models import graph
from kerassnn.models.kinds import is_norm
from kerassnn.models.linear import is_linear
from kerassnn.models.linear import merged


def fold_norms(model: keras.Model) -> keras.Model:
    """The same function at test time, with fewer layers to run.

    A norm that follows a convolution or dense layer, and nothing else reads
    that layer, becomes part of its kernel and bias:
    kernel' = kernel a and bias' = (bias - mean) a + beta, with
    a = gamma / sqrt(variance + epsilon). Other norms stay.

    Args:
        model: Functional or sequential Keras model, ANN or SNN, with merged
            BN. Models within it are looked through.

    Returns:
        Functional `keras.Model` for inference, without those norms, whose
        weights are copies. Outputs agree but for rounding, by which a neuron
        right at its threshold may fire in one and not in the other.

    Raises:
        ValueError: if `model` has no graph.

    Example:
        >>> fast = fold_norms(kerassnn.zoo.load("resnet8_sastc_digits"))
        >>> logits = fast.predict(images)
    """
    calls, outputs = graph.trace(model)
    norms = _foldable(calls, outputs)
    copy = graph.Copy(
        model,
        make=lambda call: _biased(call.layer),
        only={linear.path for linear in norms.values()},
        skipped={norm.path for norm in norms},
    )
    for norm, linear in norms.items():
        values = _merge(linear.inner, norm.inner)
        for variable in copy.layers[linear.path].weights:
            variable.assign(values[variable.name].astype("float32"))
    return copy.model


def _biased(layer):
    """A new layer with a bias."""
    inner = graph.unwrapped(layer)
    biased = type(inner).from_config({**inner.get_config(), "use_bias": True})
    if layer is inner:
        return biased
    return TimeFold(biased, name=layer.name)


def _foldable(calls, outputs):
    """Dict: call of a norm -> call of the layer it can be folded into."""
    readers = [id(t) for call in calls for t in call.inputs]
    readers += [id(t) for t in outputs]
    times = {}
    for call in calls:
        times[id(call.layer)] = times.get(id(call.layer), 0) + 1
    makers = {
        id(call.outputs[0]): call
        for call in calls
        if is_linear(call.inner) and _is_plain(call, times)
        if call.inner.activation is keras.activations.linear
    }
    found = {}
    for call in calls:
        if not is_norm(call.inner) or not _is_plain(call, times):
            continue
        source = call.inputs[0]
        axis = call.inner.axis
        last = axis in (-1, len(source.shape) - 1)
        if isinstance(call.layer, TimeFold):
            last = axis in (-1, len(source.shape) - 2)
        if id(source) in makers and readers.count(id(source)) == 1 and last:
            found[call] = makers[id(source)]
    return found


def _is_plain(call, times):
    """Whether a layer is called once, bare or with time folded."""
    known = call.layer is call.inner or isinstance(call.layer, TimeFold)
    own = isinstance(call.layer, TEBN)  # a scale for each step
    return known and not own and times[id(call.layer)] == 1


def _merge(linear, norm):
    mean = ops.convert_to_numpy(norm.moving_mean)
    variance = ops.convert_to_numpy(norm.moving_variance)
    scale = 1 / np.sqrt(variance.astype("float64") + norm.epsilon)
    if norm.scale:
        scale = scale * ops.convert_to_numpy(norm.gamma)
    shift = -mean * scale
    if norm.center:
        shift = shift + ops.convert_to_numpy(norm.beta)
    return merged(linear, scale, shift)
