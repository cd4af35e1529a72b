"""Biases that make up for what spiking loses, layer after layer."""

import keras
from keras import ops

from kerassnn.models import graph
from kerassnn.models.kinds import MIXING
from kerassnn.models.kinds import fires
from kerassnn.models.kinds import is_norm
from kerassnn.models.kinds import is_same
from kerassnn.models.linear import is_linear


def correct_biases(ann, student, layers, x, thresholds, batch_size=64):
    """Gives each neuron layer the mean activations of its ReLU.

    From the first to the last: the bias in front of a neuron is moved by
    what the mean of its spikes, over images, places and timesteps, lacks of
    the ReLU's mean.

    Args:
        ann: Flat functional model, its activations divided to suit a
            threshold of 1 unless they have one of their own.
        student: What it was converted to; its biases change in place.
        layers: Dict name of a layer of `ann` -> the student's layer.
        x: Array (N, ...), as both take it.
        thresholds: Dict name of a `QCFS` layer of `ann` -> its threshold.
        batch_size: Int.

    Reference: Li et al., A Free Lunch From ANN: Towards Efficient, Accurate
        Spiking Neural Networks Calibration, ICML 2021, arXiv 2106.06984
        (light pipeline).
    """
    feeders = _feeders(ann)
    if not feeders:
        return
    wanted = _means(ann, feeders, x, batch_size)
    for relu, name in feeders.items():
        layer = layers[name]
        bias = layer.beta if is_norm(layer) else layer.bias
        found = _means(student, [relu], x, batch_size)
        lacking = wanted[relu] / thresholds.get(relu, 1.0) - found[relu]
        lacking *= student.get_layer(relu).v_threshold
        bias.assign(ops.convert_to_numpy(bias) + lacking)


def _feeders(ann):
    """Dict name of a ReLU -> name of a layer whose bias it sees unmixed."""
    calls, _ = graph.trace(ann)
    makers = {id(t): call for call in calls for t in call.outputs}
    found = {}
    for relu in filter(lambda call: fires(call.inner), calls):
        waiting = list(relu.inputs)
        while waiting and relu.path not in found:
            call = makers.get(id(waiting.pop(0)))
            if call is None or fires(call.inner):
                continue
            if is_norm(call.inner) or is_linear(call.inner):
                if _has_bias(call.inner):
                    found[relu.path] = call.path
            elif is_same(call) and not isinstance(call.inner, MIXING):
                waiting += call.inputs
    return found


def _has_bias(layer):
    return layer.center if is_norm(layer) else layer.use_bias


def _means(net, names, x, batch_size):
    """Dict name of a layer -> mean of its channels, float64 array (C,)."""
    outputs = {name: net.get_layer(name).output for name in names}
    part, total = keras.Model(net.inputs, outputs), dict.fromkeys(names, 0.0)
    for start in range(0, len(x), batch_size):
        batch = x[start : start + batch_size]
        found = part(ops.convert_to_tensor(batch), training=False)
        for name, value in found.items():
            value = ops.convert_to_numpy(ops.cast(value, "float32"))
            axes = tuple(range(value.ndim - 1))
            share = len(batch) / len(x)
            total[name] = total[name] + share * value.mean(axes, "float64")
    return total
