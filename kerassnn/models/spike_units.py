"""Trained thresholds in the weights around them: spikes of size one."""

import numpy as np
from keras import ops

from kerassnn.models import graph
from kerassnn.models.grouping import Groups
from kerassnn.models.kinds import is_norm
from kerassnn.models.kinds import is_qcfs
from kerassnn.models.kinds import is_relu
from kerassnn.models.kinds import is_same
from kerassnn.models.linear import divided
from kerassnn.models.linear import is_linear
from kerassnn.models.rescaling import normalised
from kerassnn.models.rescaling import same_network


def in_spike_units(ann, mixed):
    """A network whose activations are counted in spikes.

    The outputs of a `QCFS` layer are divided by its threshold, and the layers
    that read them make up for it. What is summed with them is in the same
    unit, so that a shortcut of spikes needs no factor.

    Args:
        ann: Flat functional model, as `relu_network` gives it.
        mixed: Bool. Whether ReLUs may stand beside `QCFS`.

    Returns:
        A pair: a copy with the divided weights, whose `QCFS` layers have
        the thresholds of the neurons in their place; and a dict name of each
        -> its threshold in `ann`, a float.

    Raises:
        ValueError: if a threshold is not positive, or outputs of a `QCFS`
            layer are summed or joined with those of another threshold, or
            with inputs or outputs of the network or of a layer that is not
            homogeneous; if not `mixed` and a layer is a ReLU.
    """
    relus = [layer.name for layer in ann.layers if is_relu(layer)]
    if relus and not mixed:
        raise ValueError(
            "expected QCFS in place of every ReLU, or no `data`, which divides "
            f"only networks without QCFS, received: layer={relus[0]!r}"
        )
    calls, outputs = graph.trace(ann)
    thresholds = {
        call.path: _threshold(call) for call in calls if is_qcfs(call.layer)
    }
    units = _Units(calls, thresholds, [*ann.inputs, *outputs])
    result = same_network(ann)
    for call in calls:
        if call.path not in units.own:
            continue
        layer = result.get_layer(call.path)
        source, target = units.of(call.inputs[0]), units.of(call.outputs[0])
        if is_qcfs(layer):
            layer.threshold.assign(thresholds[call.path] / source)
            continue
        change = normalised if is_norm(layer) else divided
        values = change(call.layer, source, target)
        for variable in layer.weights:
            variable.assign(values[variable.name].astype("float32"))
    return result, thresholds


def neuron_for(layer, prototype):
    """The neuron in an activation's place.

    Args:
        layer: Layer or operation that `fires`.
        prototype: `SpikingNeuron`. In the place of a `QCFS` its potentials
            are multiplied by the layer's threshold.

    Returns:
        `SpikingNeuron` of the layer's name.
    """
    config = {**prototype.get_config(), "name": layer.name}
    if is_qcfs(layer):
        by = float(ops.convert_to_numpy(layer.threshold))
        for name in ("v_threshold", "v_reset", "v_init"):
            if config[name] is not None:
                config[name] *= by
    return type(prototype).from_config(config)


class _Units:
    """What the values of a network are divided by, 1 where nothing says.

    Inputs and outputs of the network keep their unit, and so do those of
    layers that are not homogeneous.
    """

    def __init__(self, calls, thresholds, ends):
        self.own = {
            call.path
            for call in calls
            if is_linear(call.layer) or is_norm(call.layer)
        } | set(thresholds)
        self._groups, self._unit = Groups(), {}
        for call in calls:
            tensors = [*call.inputs, *call.outputs]
            if call.path in self.own:
                continue
            if not is_same(call):
                ends = [*ends, *tensors]
                continue
            for other in tensors[1:]:
                self._groups.join(tensors[0], other)
        for tensor in ends:
            self._unit[self._groups.of(tensor)] = 1.0
        for call in calls:
            if call.path in thresholds:
                group = self._groups.of(call.outputs[0])
                unit = thresholds[call.path]
                other = self._unit.setdefault(group, unit)
                if other != unit:
                    raise ValueError(
                        "expected sums and joins of the outputs of one QCFS "
                        "layer with currents, not with outputs of another "
                        "threshold or with inputs or outputs of the network "
                        "or of a layer that is not homogeneous (threshold "
                        f"1.0), received: layer={call.path!r}, "
                        f"threshold={unit}, other={other}"
                    )

    def of(self, tensor):
        return self._unit.get(self._groups.of(tensor), 1.0)


def _threshold(call):
    value = float(ops.convert_to_numpy(call.layer.threshold))
    if not 0 < value < np.inf:
        raise ValueError(
            "expected a positive threshold, received: layer="
            f"{call.path!r}, threshold={value}"
        )
    return value
