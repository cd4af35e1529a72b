"""Spiking students from ReLU and QCFS networks."""

import keras
import numpy as np

from kerassnn import layers
from kerassnn.layers import checks as layer_checks
from kerassnn.models import graph
from kerassnn.models.correction import correct_biases
from kerassnn.models.kinds import SAME
from kerassnn.models.kinds import fires
from kerassnn.models.kinds import is_norm
from kerassnn.models.kinds import is_qcfs
from kerassnn.models.linear import is_linear
from kerassnn.models.relu import relu_network
from kerassnn.models.rescaling import calibrate
from kerassnn.models.rescaling import rescale
from kerassnn.models.spike_units import in_spike_units
from kerassnn.models.spike_units import neuron_for
from kerassnn.ops.checks import check_inputs

MERGING = (
    keras.layers.Add,
    keras.layers.Average,
    keras.layers.Concatenate,
    keras.layers.Maximum,
    keras.layers.Minimum,
    keras.layers.Subtract,
)
PASSING = tuple(kind for kind in SAME if kind is not keras.layers.LeakyReLU)
TAPS = ("logits", "logits_t")


def convert(
    model: keras.Model,
    timesteps: int,
    data: np.ndarray | None = None,
    neuron: layers.SpikingNeuron | None = None,
    replace: dict[str, str | keras.layers.Layer] | None = None,
    quantile: float = 0.99,
    correct: bool = True,
) -> keras.Model:
    """A spiking student with the weights of a ReLU network.

    Every ReLU becomes a neuron (one for each call), what comes before the
    first one runs once and is repeated T times, and all else is applied at
    every timestep. The logits are the mean over time. The student can be
    evaluated at once, better at large T, and trained by every method. Of a
    network trained with `QCFS` neurons get the thresholds, and T need not be
    much larger than its levels.

    Args:
        model: Functional or sequential `keras.Model` from static inputs to
            logits or probabilities: convolutions, dense layers, batch norms,
            ReLU (`max_value` is left to the neuron, which cannot fire more
            than once a step) or `QCFS`, poolings, sums, concatenations,
            dropout; anything in front of the first ReLU. It is left as it is.
        timesteps: Int >= 1, T.
        data: Array (N, ...), some hundred training inputs, by which each
            layer's activations are divided to suit the threshold, unless it
            was trained; see `calibrate`. `None` leaves them as they are.
        neuron: `SpikingNeuron`. `None` means integrate-and-fire with a soft
            reset, which starts at half its threshold; its mean spikes are
            the ReLU's values, while those of neurons that leak or reset to
            a potential are not, so that such a student has to be trained.
            In place of a `QCFS` its potentials are multiplied by the
            threshold.
        replace: Dict from the name of an activation or layer to the name of
            an activation or a layer that takes its place, such as
            `{"silu": "relu"}`.
        quantile: Float in (0, 1], as in `calibrate`.
        correct: Bool. With `data`, biases are then moved, layer after layer,
            until the mean spikes of each channel are its mean activations.

    Returns:
        `keras.Model` of inputs to logits (B, classes), with copies of the
        weights. Layers keep their names, those of nested models too, and
        neurons have those of the ReLUs, or of their layer with `_act`
        behind. Taps `logits_t` and `logits`. A softmax or sigmoid at the end
        is left out.

    Raises:
        ValueError: if a layer behind the first ReLU cannot be converted
            (GELU, SiLU, attention, gates), by its name; if there is no ReLU;
            if weights are used in two places; if outputs of a `QCFS` are
            summed or concatenated with those of another threshold, or with
            inputs or outputs of the network or of a layer such as GELU; with
            `data`, if it is empty or not finite, the threshold is not 1, or a
            ReLU stands beside `QCFS`.

    Differs from the paper: thresholds are one and activations divided, which
        is the same; a factor for each layer from a quantile over `data`.
        The maximum of spikes is taken as it is: behind max-pooling rates are
        larger than the ANN's, and average pooling converges better.

    Reference: Rueckauer et al., Conversion of Continuous-Valued Deep
        Networks, Frontiers in Neuroscience 2017; Bu et al., Optimal ANN-SNN
        Conversion, ICLR 2022, arXiv 2303.04347 (initial potential, QCFS);
        Li et al., A Free Lunch From ANN, ICML 2021, arXiv 2106.06984
        (`correct`).

    Example:
        >>> student = convert(ann, timesteps=8, data=x_train[:512])
    """
    layer_checks.timesteps(timesteps)
    if neuron is None:
        neuron = layers.IntegrateFire(v_reset=None, v_init=0.5)
    if not isinstance(neuron, layers.SpikingNeuron):
        raise ValueError(
            "`neuron` must be a kerassnn.layers neuron such as `LIF()`. "
            f"Received: neuron={neuron!r}"
        )
    if data is not None:
        check_inputs("`data`", data)
    if data is not None and neuron.v_threshold != 1.0:
        raise ValueError(
            "expected a neuron of threshold 1, to which activations are "
            f"divided by `data`. Received: v_threshold={neuron.v_threshold}"
        )
    ann = relu_network(model, {} if replace is None else replace)
    thresholds = {}
    if any(map(is_qcfs, ann.layers)):
        ready, thresholds = in_spike_units(ann, mixed=data is None)
    else:
        if data is not None:
            ann = rescale(ann, calibrate(ann, data, quantile))
        ready = ann
    made = _Conversion(ready, timesteps, neuron)
    for name, layer in made.layers.items():
        layer.set_weights(ready.get_layer(name).get_weights())
    if data is not None and correct:
        correct_biases(ann, made.student, made.layers, data, thresholds)
    return made.student


class _Conversion:
    """One flat network on its way to a student.

    What passes between its calls are `_Value`s.
    """

    def __init__(self, ann, timesteps, neuron):
        self.timesteps, self.neuron = timesteps, neuron
        self.layers = {}
        calls, (self.last,) = graph.trace(ann)
        self.encoded = _encoded(calls, ann.name)
        inputs = [
            keras.Input(batch_shape=t.shape, dtype=t.dtype, name=t.name)
            for t in ann.inputs
        ]
        pairs = zip(inputs, ann.inputs, strict=True)
        values = [self._encode(x, t) for x, t in pairs]
        (value,) = graph.replay(ann, values, self._call)
        x = keras.layers.Identity(dtype=value.x.dtype, name="logits_t")(value.x)
        x = layers.MeanReadout(dtype="float32", name="mean_logits")(x)
        x = keras.layers.Identity(dtype="float32", name="logits")(x)
        inputs = inputs[0] if len(inputs) == 1 else inputs
        self.student = keras.Model(inputs, x, name=ann.name)

    def _call(self, name, layer, args, kwargs, outputs):
        values = [v for v in keras.tree.flatten(args) if isinstance(v, _Value)]
        if layer.name == "logits" and outputs[0] is self.last:
            if isinstance(layer, keras.layers.Identity):
                return values[0]  # the tap of our own networks
        if any(value.timed for value in values):
            return _Value(self._timed(layer, [v.x for v in values]), True)
        args, kwargs = keras.tree.map_structure(
            lambda v: v.x if isinstance(v, _Value) else v, (args, kwargs)
        )
        if isinstance(layer, keras.layers.Layer):
            layer = self._copy(layer)
        return self._encode(layer(*args, **kwargs), outputs[0])

    def _encode(self, x, original):
        """A value, repeated over time where it is needed so."""
        if id(original) not in self.encoded:
            return _Value(x, False)
        first = id(original) == self.encoded[0]
        name = "encode" if first else None
        return _Value(layers.DirectEncode(self.timesteps, name=name)(x), True)

    def _timed(self, layer, tensors):
        if fires(layer):
            return neuron_for(layer, self.neuron)(tensors[0])
        if not isinstance(layer, keras.layers.Layer):
            return layer(*tensors)
        if isinstance(layer, MERGING):
            axis = getattr(layer, "axis", 0)
            shift = {"axis": axis + 1} if axis > 0 else {}
            return self._copy(layer, **shift)(tensors)
        if isinstance(layer, keras.layers.Identity):
            return self._copy(layer)(tensors[0])
        return layers.TimeFold(self._copy(layer))(tensors[0])

    def _copy(self, layer, **changed):
        name = layer.name
        if name not in self.layers:
            config = {**layer.get_config(), **changed}
            if name in TAPS:  # these names are the readout's
                config["name"] = f"{name}_layer"
            self.layers[name] = type(layer).from_config(config)
        return self.layers[name]


class _Value:
    """A symbolic tensor, and whether it has a time axis."""

    def __init__(self, x, timed):
        self.x = x
        self.timed = timed


def _encoded(calls, name):
    """Ids of the tensors that are to be repeated over time, in order.

    Those that a ReLU reads, or a layer that reads what follows one; all
    that read such a tensor then see it with a time axis.
    """
    encoded, before = [], None
    while before != len(encoded):
        before, timed = len(encoded), set(encoded)
        for call in calls:
            inputs = [id(t) for t in call.inputs]
            if fires(call.inner) or any(i in timed for i in inputs):
                _check_kind(call)
                encoded += [i for i in inputs if i not in timed]
                timed |= {*inputs, *(id(t) for t in call.outputs)}
    if not encoded:
        weighted = [i for i, x in enumerate(calls) if is_linear(x.layer)]
        for call in calls[min(weighted, default=0) :]:
            _check_kind(call)  # names what stands in a ReLU's place
        raise ValueError(
            f"expected a network with ReLUs, received: model={name!r}"
        )
    return encoded


def _check_kind(call):
    layer = call.layer
    if isinstance(layer, keras.layers.Layer):
        good = is_linear(layer) or is_norm(layer) or fires(layer)
        good = good or isinstance(layer, PASSING)
    else:
        good = fires(layer)
        good |= type(layer).__name__ in ("Add", "Subtract") and (
            len(call.inputs) == 2
        )
    if not good:
        what = getattr(layer, "activation", None)
        what = getattr(what, "__name__", type(layer).__name__)
        raise ValueError(
            "expected ReLU, convolutions, dense layers, norms, poolings and "
            "sums behind the first ReLU (or `replace=`), received: "
            f"layer={call.path!r}, {what}"
        )
