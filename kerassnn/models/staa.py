"""STAA-SNN: attention in space and over time around every neuron."""

from typing import Any

import keras

from kerassnn.layers.adaptive_lif import AdaptiveLIF
from kerassnn.layers.global_context import GlobalContext
from kerassnn.layers.position_encoding import PositionEncoding
from kerassnn.layers.spiking_neuron import SpikingNeuron
from kerassnn.layers.step_attention import StepAttention
from kerassnn.layers.tsrd import TSRD
from kerassnn.models.body import check_positive
from kerassnn.models.flow import Flow
from kerassnn.models.flow import Unrolled


@keras.saving.register_keras_serializable("kerassnn")
class STAA(Flow):
    """An unrolled network with STAA's modules around its neurons.

    Currents pass a position encoding and a global context before the neuron,
    its spikes a step attention behind it. In training both are skipped at
    random timesteps. The body's weights have the same names as without, so
    `transfer` fills them from the plain network; the position encodings and
    step attentions bind a model to its T.

    Args:
        neuron: `SpikingNeuron`. Defaults to `AdaptiveLIF()`.
        norm: As in `Unrolled`.
        ratio: Int, compression of the global context. Defaults to `4`.
        drop: Float, probability with which training skips the attention at
            a timestep. Defaults to `0.1`.

    Raises:
        ValueError: if `neuron` is not a `SpikingNeuron`, or `ratio` or `drop`
            is out of its range.

    Differs from the paper: its text names the modules and the order; their
        inner shapes, the two separate draws of a skip (before and behind
        the neuron) and the neuron's constants are ours. See the layers. Its
        surrogate is the rectangle of width 1, with which gradients explode
        here; ours is the triangle. Its tables have no ResNet-18 that we know
        of, and its VGG is not SASTC's VGG-11, which ours is.

    Reference: Zhang et al., STAA-SNN: Spatial-Temporal Attention Aggregator
        for Spiking Neural Networks, CVPR 2025, arXiv 2503.02689.

    Example:
        >>> model = ResNet19(flow=STAA(), timesteps=2)
    """

    def __init__(
        self,
        neuron: SpikingNeuron | None = None,
        norm: keras.layers.Layer | None = None,
        ratio: int = 4,
        drop: float = 0.1,
    ):
        if neuron is None:
            neuron = AdaptiveLIF()
        check_positive("ratio", ratio)
        number = isinstance(drop, (int, float)) and not isinstance(drop, bool)
        if not number or not 0 <= drop < 1:
            raise ValueError(
                f"`drop` must be a number in [0, 1). Received: drop={drop!r}"
            )
        self.unrolled = Unrolled(neuron, norm)
        self.ratio = ratio
        self.drop = drop

    def stem(
        self, x: Any, conv: keras.layers.Layer, timesteps: int, name: str
    ) -> Any:
        return self.unrolled.stem(x, conv, timesteps, name)

    def apply(self, layer: keras.layers.Layer, x: Any) -> Any:
        return self.unrolled.apply(layer, x)

    def norm(self, x: Any, name: str) -> Any:
        return self.unrolled.norm(x, name)

    def activate(self, x: Any, name: str) -> Any:
        y = PositionEncoding(name=f"{name}_position")(x)
        y = GlobalContext(self.ratio, name=f"{name}_context")(y)
        x = TSRD(self.drop, name=f"{name}_context_drop")([x, y])
        x = self.unrolled.activate(x, name)
        y = StepAttention(name=f"{name}_steps")(x)
        return TSRD(self.drop, name=f"{name}_steps_drop")([x, y])

    def readout(self, x: Any) -> Any:
        return self.unrolled.readout(x)

    def get_config(self) -> dict[str, Any]:
        return {
            **self.unrolled.get_config(),
            "ratio": self.ratio,
            "drop": self.drop,
        }
