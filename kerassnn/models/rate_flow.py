from typing import Any

import keras

from kerassnn.layers.direct_encode import DirectEncode
from kerassnn.layers.mean_readout import MeanReadout
from kerassnn.layers.norms import merged_bn
from kerassnn.layers.rate import RateFold
from kerassnn.layers.rate import RateNeuron
from kerassnn.layers.rate import RateNorm
from kerassnn.layers.rate import RateReadout
from kerassnn.layers.spiking_neuron import SpikingNeuron
from kerassnn.models.flow import Flow
from kerassnn.models.flow import clone
from kerassnn.models.flow import serialised


@keras.saving.register_keras_serializable("kerassnn")
class RateBased(Flow):
    """Spiking neurons trained by rate-based backpropagation.

    The body carries a pair, spikes (B, T, ...) and rates (B, ...); see
    `kerassnn.layers.RateFold`. Its weights have the names and shapes of the
    `Unrolled` model's and run unchanged in it. Taps are rates, without a
    time axis, and there is no `logits_t`.

    Args:
        neuron: `SpikingNeuron` without learned constants, such as
            `LIF.rate_based()`, the prototype of every neuron.
        scale_gradient: Bool. Whether the gradient of the logits is divided
            by T, as the paper's code does. Defaults to `True`.

    Raises:
        ValueError: if `neuron` is not a `SpikingNeuron`.

    Differs from the paper: one pass over two streams in place of two passes;
        values and gradients are the same.

    Reference: Yu et al., Advancing Training Efficiency of Deep SNNs through
        Rate-based Backpropagation, NeurIPS 2024, arXiv 2410.11488.
    """

    def __init__(self, neuron: SpikingNeuron, scale_gradient: bool = True):
        if not isinstance(neuron, SpikingNeuron):
            raise ValueError(
                "`neuron` must be a kerassnn.layers neuron such as "
                f"`LIF.rate_based()`. Received: neuron={neuron!r}"
            )
        self.neuron = neuron
        self.scale_gradient = scale_gradient

    def stem(
        self, x: Any, conv: keras.layers.Layer, timesteps: int, name: str
    ) -> Any:
        if len(x.shape) == 5:
            x = (x, MeanReadout(name="mean_frame")(x))
            return self.norm(self.apply(conv, x), f"{name}_bn")
        # Equal steps have the statistics of one: an ordinary norm will do.
        current = merged_bn(f"{name}_bn")(conv(x))
        return DirectEncode(timesteps, name="encode")(current), current

    def apply(self, layer: keras.layers.Layer, x: Any) -> Any:
        return RateFold(layer)(x)

    def norm(self, x: Any, name: str) -> Any:
        return RateNorm(merged_bn(name))(x)

    def activate(self, x: Any, name: str) -> Any:
        return RateNeuron(clone(self.neuron, name))(x)

    def add(self, x: Any, y: Any, name: str) -> Any:
        spikes = keras.layers.Add(name=f"{name}_spikes")([x[0], y[0]])
        return spikes, keras.layers.Add(name=name)([x[1], y[1]])

    def tap(self, x: Any, name: str) -> Any:
        return x[0], keras.layers.Identity(name=name)(x[1])

    def readout(self, x: Any) -> Any:
        readout = RateReadout(
            self.scale_gradient, dtype="float32", name="logits"
        )
        return readout(x)

    def published(self) -> dict[str, Any]:
        """The plain network with the same neurons: its weights are the same."""
        return {"neuron": self.neuron}

    def get_config(self) -> dict[str, Any]:
        neuron = serialised(self.neuron)
        return {"neuron": neuron, "scale_gradient": self.scale_gradient}
