"""How a body runs: one builder, an ANN or an SNN.

A builder asks its flow to apply each layer, so the same lines give the analog
teacher (`Analog`) and the spiking student (`Unrolled`), with the same layer
names, the same weights and the same taps.
"""

from typing import Any
from typing import Self

import keras

from kerassnn.layers.describing import described
from kerassnn.layers.direct_encode import DirectEncode
from kerassnn.layers.mean_readout import MeanReadout
from kerassnn.layers.norms import merged_bn
from kerassnn.layers.spiking_neuron import SpikingNeuron
from kerassnn.layers.time_fold import TimeFold


class Flow:
    """Abstract: how a body's layers see time."""

    def inputs(self, input_shape: tuple[int, ...]) -> keras.KerasTensor:
        """The model's input, of which `input_shape` excludes the batch."""
        return keras.Input(input_shape, name="images")

    def stem(
        self, x: Any, conv: keras.layers.Layer, timesteps: int, name: str
    ) -> Any:
        """First convolution and its norm, up to the first activation."""
        raise NotImplementedError

    def apply(self, layer: keras.layers.Layer, x: Any) -> Any:
        """Applies a layer that knows no time."""
        raise NotImplementedError

    def norm(self, x: Any, name: str) -> Any:
        """Applies the norm."""
        raise NotImplementedError

    def activate(self, x: Any, name: str) -> Any:
        """Applies the activation or the neuron."""
        raise NotImplementedError

    def add(self, x: Any, y: Any, name: str) -> Any:
        """Sum of two branches."""
        return keras.layers.Add(name=name)([x, y])

    def tap(self, x: Any, name: str) -> Any:
        """Names a tensor of the body."""
        # In the tensor's own dtype: a mixed policy would round the logits.
        return keras.layers.Identity(dtype=x.dtype, name=name)(x)

    def readout(self, x: Any) -> Any:
        """Logits of the model from those of the last layer."""
        raise NotImplementedError

    def published(self) -> dict[str, Any]:
        """Builder's arguments of what a network of this flow is used as.

        Returns:
            Dict that takes the place of `flow`; `{"flow": self}` unless the
            flow is for training only.
        """
        return {"flow": self}

    def get_config(self) -> dict[str, Any]:
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        revive = keras.saving.deserialize_keras_object
        return cls(
            **{
                name: revive(value) if isinstance(value, dict) else value
                for name, value in config.items()
            }
        )


@keras.saving.register_keras_serializable("kerassnn")
class Analog(Flow):
    """No time axis: the ANN. Event frames (B, T, H, W, C) are averaged.

    Args:
        activation: Layer, the prototype of every activation, such as
            `QCFS(levels=8)`. `None` means ReLU.

    Raises:
        ValueError: if `activation` is not a layer, or is a neuron.
    """

    def __init__(self, activation: keras.layers.Layer | None = None):
        good = isinstance(activation, keras.layers.Layer | None)
        if not good or isinstance(activation, SpikingNeuron):
            raise ValueError(
                "expected an activation such as `QCFS()`, or None, received: "
                f"activation={activation!r}"
            )
        self.activation = activation

    def stem(
        self, x: Any, conv: keras.layers.Layer, timesteps: int, name: str
    ) -> Any:
        if len(x.shape) == 5:
            x = MeanReadout(name="mean_frame")(x)
        return self.norm(conv(x), f"{name}_bn")

    def apply(self, layer: keras.layers.Layer, x: Any) -> Any:
        return layer(x)

    def norm(self, x: Any, name: str) -> Any:
        return merged_bn(name)(x)

    def activate(self, x: Any, name: str) -> Any:
        if self.activation is None:
            return keras.layers.ReLU(name=name)(x)
        return clone(self.activation, name)(x)

    def readout(self, x: Any) -> Any:
        return self.tap(x, "logits")

    def get_config(self) -> dict[str, Any]:
        if self.activation is None:
            return {}
        return {"activation": serialised(self.activation)}


@keras.saving.register_keras_serializable("kerassnn")
class Unrolled(Flow):
    """Spiking neurons over T timesteps, all other layers on each of them.

    Args:
        neuron: `SpikingNeuron`, the prototype of every neuron of the body.
        norm: Layer on (B, T, ...), prototype of every norm, such as
            `TDBN()`. `None` means merged BN.
        encoder: Layer (B, ...) -> (B, T, ...) put before the stem in place
            of the repetition behind it, such as `PoissonEncode(8)`.

    Raises:
        ValueError: if `neuron` is not a `SpikingNeuron`.
    """

    def __init__(
        self,
        neuron: SpikingNeuron,
        norm: keras.layers.Layer | None = None,
        encoder: keras.layers.Layer | None = None,
    ):
        if not isinstance(neuron, SpikingNeuron):
            raise ValueError(
                "`neuron` must be a kerassnn.layers neuron such as `LIF()`, "
                f"or None for the ANN. Received: neuron={neuron!r}"
            )
        self.neuron = neuron
        self.prototype = norm
        self.encoder = encoder

    def stem(
        self, x: Any, conv: keras.layers.Layer, timesteps: int, name: str
    ) -> Any:
        if self.encoder is not None:
            x = clone(self.encoder, "encode")(x)
        if len(x.shape) == 5:
            return self.norm(self.apply(conv, x), f"{name}_bn")
        # A static image gives the same current at every step, and a norm
        # the same statistics over 1 step as over T equal ones: run both once.
        encode = DirectEncode(timesteps, name="encode")
        if self.prototype is None:
            return encode(merged_bn(f"{name}_bn")(conv(x)))
        return self.norm(encode(conv(x)), f"{name}_bn")

    def apply(self, layer: keras.layers.Layer, x: Any) -> Any:
        return TimeFold(layer)(x)

    def norm(self, x: Any, name: str) -> Any:
        if self.prototype is None:
            return self.apply(merged_bn(name), x)
        return clone(self.prototype, name)(x)

    def activate(self, x: Any, name: str) -> Any:
        return clone(self.neuron, name)(x)

    def readout(self, x: Any) -> Any:
        x = self.tap(x, "logits_t")
        x = MeanReadout(dtype="float32", name="mean_logits")(x)
        return self.tap(x, "logits")

    def get_config(self) -> dict[str, Any]:
        parts = {
            "neuron": self.neuron,
            "norm": self.prototype,
            "encoder": self.encoder,
        }
        return {k: serialised(v) for k, v in parts.items() if v is not None}


def choose(
    neuron: SpikingNeuron | None,
    norm: keras.layers.Layer | None,
    flow: Flow | None,
) -> Flow:
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


def serialised(value: Any) -> Any:
    """As Keras's serialiser, which our own classes do without.

    It imports TensorFlow, where it can be had, whatever the backend.
    """
    if type(value).__module__.startswith("kerassnn."):
        return described(value)
    return keras.saving.serialize_keras_object(value)


def clone(layer: keras.layers.Layer, name: str) -> keras.layers.Layer:
    """A new layer of the same kind and config under another name."""
    return type(layer).from_config({**layer.get_config(), "name": name})
