"""How a body runs: one builder, an ANN or an SNN.

A builder asks its flow to apply each layer, so the same lines give the analog
teacher (`Analog`) and the spiking student (`Unrolled`), with the same layer
names, the same weights and the same taps.
"""

import keras

from kerassnn.layers.direct_encode import DirectEncode
from kerassnn.layers.mean_readout import MeanReadout
from kerassnn.layers.norms import merged_bn
from kerassnn.layers.spiking_neuron import SpikingNeuron
from kerassnn.layers.time_fold import TimeFold


class Flow:
    """Abstract: how a body's layers see time."""

    def inputs(self, input_shape):
        """The model's input, of which `input_shape` excludes the batch."""
        return keras.Input(input_shape, name="images")

    def stem(self, x, conv, timesteps, name):
        """First convolution and its norm, up to the first activation."""
        raise NotImplementedError

    def fold(self, layer, x):
        """Applies a layer that knows no time."""
        raise NotImplementedError

    def norm(self, x, name):
        """Applies the norm."""
        raise NotImplementedError

    def activate(self, x, name):
        """Applies the activation or the neuron."""
        raise NotImplementedError

    def add(self, x, y, name):
        """Sum of two branches."""
        return keras.layers.Add(name=name)([x, y])

    def tap(self, x, name):
        """Names a tensor of the body."""
        # In the tensor's own dtype: a mixed policy would round the logits.
        return keras.layers.Identity(dtype=x.dtype, name=name)(x)

    def readout(self, x):
        """Logits of the model from those of the last layer."""
        raise NotImplementedError


class Analog(Flow):
    """ReLU, no time axis: the ANN.

    Event frames (B, T, H, W, C) are averaged over T first.
    """

    def stem(self, x, conv, timesteps, name):
        if len(x.shape) == 5:
            x = MeanReadout(name="mean_frame")(x)
        return self.norm(conv(x), f"{name}_bn")

    def fold(self, layer, x):
        return layer(x)

    def norm(self, x, name):
        return merged_bn(name)(x)

    def activate(self, x, name):
        return keras.layers.ReLU(name=name)(x)

    def readout(self, x):
        return self.tap(x, "logits")


class Unrolled(Flow):
    """Spiking neurons over T timesteps, everything else folded.

    Args:
        neuron: `SpikingNeuron`, the prototype of every neuron of the body.
        norm: Layer on (B, T, ...), prototype of every norm, such as
            `TDBN()`. `None` means merged BN.
        encoder: Layer (B, ...) -> (B, T, ...) put before the stem in place
            of the repetition behind it, such as `PoissonEncode(8)`.

    Raises:
        ValueError: if `neuron` is not a `SpikingNeuron`.
    """

    def __init__(self, neuron, norm=None, encoder=None):
        if not isinstance(neuron, SpikingNeuron):
            raise ValueError(
                "`neuron` must be a kerassnn.layers neuron such as `LIF()`, "
                f"or None for the ANN. Received: neuron={neuron!r}"
            )
        self.neuron = neuron
        self.prototype = norm
        self.encoder = encoder

    def stem(self, x, conv, timesteps, name):
        if self.encoder is not None:
            x = self.encoder(x)
        if len(x.shape) == 5:
            return self.norm(self.fold(conv, x), f"{name}_bn")
        # A static image gives the same current at every step, and a norm
        # the same statistics over 1 step as over T equal ones: run both once.
        encode = DirectEncode(timesteps, name="encode")
        if self.prototype is None:
            return encode(merged_bn(f"{name}_bn")(conv(x)))
        return self.norm(encode(conv(x)), f"{name}_bn")

    def fold(self, layer, x):
        return TimeFold(layer)(x)

    def norm(self, x, name):
        if self.prototype is None:
            return self.fold(merged_bn(name), x)
        return clone(self.prototype, name)(x)

    def activate(self, x, name):
        return clone(self.neuron, name)(x)

    def readout(self, x):
        x = self.tap(x, "logits_t")
        x = MeanReadout(dtype="float32", name="mean_logits")(x)
        return self.tap(x, "logits")


def choose(neuron, norm, flow):
    """The flow that a builder's `neuron`, `norm` and `flow` ask for."""
    if flow is not None:
        if neuron is not None or norm is not None:
            raise ValueError(
                "`flow` brings its own neuron and norm: pass either `flow`, "
                f"or `neuron` and `norm`. Received: flow={flow!r}, "
                f"neuron={neuron!r}, norm={norm!r}"
            )
        return flow
    return Analog() if neuron is None else Unrolled(neuron, norm)


def clone(layer, name):
    """A new layer of the same kind and config under another name."""
    return type(layer).from_config({**layer.get_config(), "name": name})
