"""Which values of a ReLU network share a unit, and which may have another."""

import keras
import numpy as np

from kerassnn.models import graph
from kerassnn.models.grouping import Groups
from kerassnn.models.kinds import MIXING
from kerassnn.models.kinds import is_norm
from kerassnn.models.kinds import is_relu
from kerassnn.models.kinds import is_same
from kerassnn.models.kinds import pads_channels
from kerassnn.models.linear import is_linear


class Regions:
    """A network's values, parted into those that share a unit.

    Layers with weights stand between regions. Inputs and outputs of the
    network keep their unit, and so do those of layers that are not
    homogeneous; these may stand before the first weights or behind the
    last.

    Args:
        model: Functional or sequential `keras.Model`.

    Raises:
        ValueError: if a layer with weights is called twice, or one between
            two of them is not homogeneous.
    """

    def __init__(self, model):
        self.calls, outputs = graph.trace(model)
        self.weighted = [call for call in self.calls if _has_unit(call)]
        self.activations = [call for call in self.calls if is_relu(call.inner)]
        self._groups = Groups()
        fixed = [*model.inputs, *outputs]
        foreign = [x for x in self.calls if not (_has_unit(x) or is_same(x))]
        check_shared(self.calls)
        _check_places(self.calls, foreign)
        for call in self.calls:
            tensors = [*call.inputs, *call.outputs]
            if call in foreign:
                fixed += tensors
            elif not _has_unit(call):
                for tensor in tensors[1:]:
                    self._groups.join(tensors[0], tensor)
            elif not _is_linear_activation(call.inner):
                if not is_relu(call.inner):
                    fixed += call.outputs
        self._fixed = {self.of(tensor) for tensor in fixed}
        # Channels are not the same throughout these.
        self.mixed = {
            self.of(call.outputs[0])
            for call in self.calls
            if isinstance(call.inner, MIXING) or pads_channels(call.inner)
        }

    def of(self, tensor):
        """The region of a symbolic tensor of a call, an int."""
        return self._groups.of(tensor)

    def factors(self, by):
        """Dict region -> what its values are divided by.

        Args:
            by: As in `rescale`.

        Raises:
            ValueError: if a factor is not positive, a name is not known, or
                one region is given two.
        """
        given = self._given(by)
        found = dict.fromkeys(self._fixed, 1.0)
        for call in self.weighted:
            region = self.of(call.outputs[0])
            if region in found:
                continue
            if region in self._currents:
                # Left to the norm behind: the kernel stays as it is.
                source = found[self.of(call.inputs[0])]
                found[region] = source if np.ndim(source) == 0 else 1.0
            else:
                found[region] = given(region)
        return found

    @property
    def _currents(self):
        """Regions of one linear layer's outputs that only norms read."""
        readers, makers = {}, {}
        for call in self.calls:
            for tensor in call.inputs:
                readers.setdefault(self.of(tensor), []).append(call)
            for tensor in call.outputs:
                makers.setdefault(self.of(tensor), []).append(call)
        return {
            region
            for region, made in makers.items()
            if len(made) == 1
            and is_linear(made[0].inner)
            and _is_linear_activation(made[0].inner)
            and region in readers
            and all(is_norm(call.inner) for call in readers[region])
        }

    def _given(self, by):
        if not isinstance(by, dict):
            factor = _factor("by", by)
            return lambda region: factor
        outputs = {call.path: call.outputs[0] for call in self.calls}
        unknown = sorted(set(by) - set(outputs))
        if unknown:
            raise ValueError(
                f"expected names of layers, received: by={unknown[:3]}"
            )
        found = {}
        for path, value in by.items():
            region, value = self.of(outputs[path]), _factor(path, value)
            if np.ndim(value) and region in self.mixed:
                raise ValueError(
                    f"expected one factor for all channels of {path!r}, which "
                    f"are joined with others, received: {len(value)}"
                )
            if not np.array_equal(found.setdefault(region, value), value):
                raise ValueError(
                    f"expected one factor for all whose outputs are summed "
                    f"or joined with {path!r}, received: {value} and "
                    f"{found[region]}"
                )
        return lambda region: found.get(region, 1.0)


def _has_unit(call):
    """Whether a call's weights can change the unit of what passes."""
    return is_linear(call.inner) or is_norm(call.inner)


def _is_linear_activation(layer):
    return getattr(layer, "activation", None) in (
        None,
        keras.activations.linear,
    )


def check_shared(calls):
    """Raises ValueError if weights are used in two places."""
    seen = set()
    for call in calls:
        for variable in call.layer.weights if _has_weights(call) else ():
            if id(variable) in seen:
                raise ValueError(
                    "expected every weight in one place, received: layer="
                    f"{call.path!r}, whose weights are used in two"
                )
        if _has_weights(call):
            seen |= {id(variable) for variable in call.layer.weights}


def _has_weights(call):
    return bool(getattr(call.layer, "weights", ()))


def _check_places(calls, foreign):
    """Refuses what is not homogeneous between two layers with weights."""
    behind, before = set(), set()
    for call in calls:
        ids = {id(t) for t in call.inputs}
        if _has_unit(call) or ids & behind:
            behind |= {id(t) for t in call.outputs}
    for call in reversed(calls):
        ids = {id(t) for t in call.outputs}
        if _has_unit(call) or ids & before:
            before |= {id(t) for t in call.inputs}
    for call in calls:
        inside = any(id(t) in behind for t in call.inputs) or _has_unit(call)
        inside &= any(id(t) in before for t in call.outputs)
        bent = _has_unit(call) and not (
            _is_linear_activation(call.inner) or is_relu(call.inner)
        )
        if inside and (call in foreign or bent):
            raise ValueError(
                "expected a positively homogeneous network (ReLU, "
                "convolutions, norms, poolings, sums), received: layer="
                f"{call.path!r} of type {type(call.inner).__name__}"
            )


def _factor(name, value):
    value = np.asarray(value, "float64") if np.ndim(value) else value
    plain = np.ndim(value) == 1 or (
        isinstance(value, (int, float)) and not isinstance(value, bool)
    )
    if not plain or not np.all(np.isfinite(value)) or not np.all(value > 0):
        raise ValueError(
            f"expected positive factors, received: {name}={value!r}"
        )
    return value
