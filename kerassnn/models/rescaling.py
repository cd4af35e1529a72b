"""Activations divided, the same function: how a teacher suits a threshold."""

import keras
import numpy as np
from keras import ops

from kerassnn.models import graph
from kerassnn.models.homogeneous import Regions
from kerassnn.models.kinds import is_norm
from kerassnn.models.linear import divided
from kerassnn.ops.checks import check_inputs


def rescale(
    net: keras.Model, by: float | dict[str, float | np.ndarray]
) -> keras.Model:
    """A ReLU network with its activations divided, and the same outputs.

    Such a network is positively homogeneous: what is divided behind one
    layer can be made up for in the next. Neurons of threshold 1 that take
    the weights over then see currents of the size that they were made for.

    Args:
        net: Functional or sequential Keras model of convolutions, dense
            layers, batch norms, ReLUs, poolings, sums and the like. It is
            left as it is.
        by: Float > 0, what all activations are divided by; or a dict layer
            name -> float, or array of one float a channel, such as
            `calibrate` gives. What is not in the dict is left, unless it is
            summed with what is.

    Returns:
        `keras.Model` of the same layers, its weights copies. Biases and the
        norms' parameters and statistics change; kernels only where no norm
        stands behind them (and everywhere for a factor a channel).

    Raises:
        ValueError: if a layer between two with weights is not homogeneous
            (softplus, sigmoid, squeeze-and-excite), or is called twice, or
            a name or factor does not fit.

    Example:
        >>> first = rescale(teacher, by=2.0)
        >>> transfer(first, student)
    """
    regions = Regions(net)
    factors = regions.factors(by)
    result = same_network(net)
    layers = graph.layers(result)
    for call in regions.weighted:
        source = factors[regions.of(call.inputs[0])]
        target = factors[regions.of(call.outputs[0])]
        change = normalised if is_norm(call.inner) else divided
        values = change(call.inner, source, target)
        for variable in layers[call.path].weights:
            variable.assign(values[variable.name].astype("float32"))
    return result


def calibrate(
    ann: keras.Model,
    x: np.ndarray,
    quantile: float = 0.99,
    per_channel: bool = False,
    batch_size: int = 64,
) -> dict[str, float | np.ndarray]:
    """How large each layer's activations are, as factors for `rescale`.

    Args:
        ann: As in `rescale`.
        x: Array (N, ...), some hundred training images as `ann` takes them.
        quantile: Float in (0, 1]: that share of a layer's activations, zeros
            among them, is at most as large as its factor.
        per_channel: Bool. One factor for each channel.
        batch_size: Int. Quantiles are taken of each batch, and averaged.

    Returns:
        Dict path of each ReLU -> float, or array (C,). Layers whose outputs
        are summed share the largest; those whose channels are joined (a
        concatenation) have one for all channels.

    Raises:
        ValueError: as `rescale`; if `quantile` is not in (0, 1], or `x` is
            empty or not finite.

    Reference: Rueckauer et al., Conversion of Continuous-Valued Deep
        Networks, Frontiers in Neuroscience 2017 (robust normalisation).
    """
    if not 0 < quantile <= 1:
        raise ValueError(
            f"expected quantile in (0, 1], received: quantile={quantile!r}"
        )
    check_inputs("`x`", x)
    regions = Regions(ann)
    watched = regions.activations
    measured = _quantiles(ann, watched, x, quantile, per_channel, batch_size)
    largest = {}
    for call, value in zip(watched, measured, strict=True):
        region = regions.of(call.outputs[0])
        if region in regions.mixed:
            value = np.max(value)
        largest[region] = np.maximum(largest.get(region, 0.0), value)
    found = {}
    for call in watched:
        value = largest[regions.of(call.outputs[0])]
        # A silent layer or channel is left as it is.
        value = np.where(value > 0, value, 1.0)
        found[call.path] = value if value.ndim else float(value)
    return found


def _quantiles(ann, watched, x, quantile, per_channel, batch_size):
    """Of each call's outputs, a float or an array (C,)."""
    paths = [call.path for call in watched]
    probe = _probe(ann, paths)
    batches = []
    for start in range(0, len(x), batch_size):
        values = probe(ops.convert_to_tensor(x[start : start + batch_size]))
        row = []
        for path in paths:
            value = ops.cast(values[path], "float32")
            value = ops.convert_to_numpy(value)
            axes = tuple(range(value.ndim - 1)) if per_channel else None
            row.append(np.quantile(value, quantile, axis=axes))
        batches.append(row)
    return [np.mean(values, axis=0) for values in zip(*batches, strict=True)]


def _probe(model, paths):
    """A model of the outputs of the layers at `paths`, as a dict."""
    found = {}

    def call(path, layer, args, kwargs, outputs):
        found[path] = layer(*args, **kwargs)
        return found[path]

    inputs = [
        keras.Input(batch_shape=t.shape, dtype=t.dtype) for t in model.inputs
    ]
    graph.replay(model, inputs, call)
    return keras.Model(inputs, {path: found[path] for path in paths})


def normalised(layer, source, target):
    """Values of a norm whose input is divided by `source`.

    With the statistics' epsilon made up for, so that nothing but rounding
    differs: (variance' + epsilon) = (variance + epsilon) / source^2, and
    what is left of it where that is not above zero goes into gamma.
    """
    values = {
        v.name: ops.convert_to_numpy(v).astype("float64") for v in layer.weights
    }
    variance, epsilon = values["moving_variance"], layer.epsilon
    moved = np.maximum((variance + epsilon) / np.square(source) - epsilon, 0.0)
    gain = source * np.sqrt((moved + epsilon) / (variance + epsilon))
    return {
        "gamma": values.get("gamma", 1.0) * gain / target,
        "beta": values.get("beta", np.zeros_like(variance)) / target,
        "moving_mean": values["moving_mean"] / source,
        "moving_variance": moved,
    }


def same_network(net):
    """The same network and weights; norms have a scale and a shift."""

    def same(layer):
        config = layer.get_config()
        if is_norm(layer):
            config |= {"scale": True, "center": True}
        return type(layer).from_config(config)

    result = keras.models.clone_model(net, clone_function=same, recursive=True)
    given = graph.layers(net)
    for path, layer in graph.layers(result).items():
        if len(layer.weights) == len(given[path].weights):
            layer.set_weights(given[path].get_weights())
    return result
