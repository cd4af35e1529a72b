from typing import Any

import keras
import numpy as np
from keras import ops

from kerassnn.analysis.recording import record
from kerassnn.layers import SpikingNeuron
from kerassnn.models.graph import trace
from kerassnn.models.graph import unwrapped


def spike_activation_map(
    net: keras.Model,
    x: Any,
    layer: str | None = None,
    gamma: float = 0.5,
    size: tuple[int, int] | None = None,
    batch_size: int = 64,
) -> np.ndarray:
    """Where a layer's neurons fire again and again, step by step.

    Neither labels nor gradients are read. A neuron contributes the more, the
    more recently it has fired before,

        N^t = sum_{t' < t, spike at t'} exp(-gamma (t - t')),
        SAM^t = sum_k N^t_k S^t_k,

    and the map of a step is that of the neurons which fire at it, summed over
    channels and stretched to 0..1. The first step's is empty: nothing has
    fired before.

    Args:
        net: Functional or sequential SNN.
        x: Array (N, ...), inputs as the network takes them.
        layer: Name of a neuron with maps (B, T, h, w, C). Defaults to the
            last one.
        gamma: Float >= 0, how fast spikes are forgotten, per step.
        size: (H, W) that maps are enlarged to, bilinearly; `None` for the
            layer's own.
        batch_size: Int.

    Returns:
        Array (N, T, H, W), float32 in 0..1; zeros where none fired twice.

    Raises:
        ValueError: if there is no such neuron, or its spikes are no maps, or
            `gamma` is negative.

    Differs from the paper: maps are stretched step by step, and a spike of
        the same step does not count as one before.

    Reference: Kim and Panda, Visual Explanations from Spiking Neural
        Networks using Inter-Spike Intervals, 2021, arXiv 2103.14441.
    """
    if not gamma >= 0:
        raise ValueError(f"expected gamma >= 0, received: gamma={gamma!r}")
    layer = _last(net) if layer is None else layer
    spikes = record(net, x, [layer], batch_size)[layer].spikes
    if spikes.ndim != 5:
        raise ValueError(
            "expected a layer of maps (B, T, h, w, C), received: "
            f"layer={layer!r} of shape {spikes.shape}"
        )
    earlier = np.zeros_like(spikes[:, 0], "float32")
    maps = []
    for now in np.moveaxis(spikes, 1, 0):
        maps.append(np.sum(earlier * now, axis=-1))
        earlier = np.exp(-gamma) * (earlier + now)
    found = _stretched(np.stack(maps, axis=1))
    return found if size is None else _enlarged(found, size)


def _last(net):
    """The last neuron of a network whose spikes are maps."""
    calls, _ = trace(net)
    found = [
        call.path
        for call in calls
        if isinstance(unwrapped(call.layer), SpikingNeuron)
        and len(call.outputs[0].shape) == 5
    ]
    if not found:
        raise ValueError(
            "expected a network with neurons of maps (B, T, h, w, C), "
            f"received: net={net.name!r} without"
        )
    return found[-1]


def _stretched(maps):
    low = maps.min(axis=(2, 3), keepdims=True)
    wide = maps.max(axis=(2, 3), keepdims=True) - low
    return ((maps - low) / np.where(wide > 0, wide, 1)).astype("float32")


def _enlarged(maps, size):
    flat = maps.reshape(-1, *maps.shape[2:], 1)
    large = ops.image.resize(
        flat, size, interpolation="bilinear", data_format="channels_last"
    )
    return ops.convert_to_numpy(large)[..., 0].reshape(*maps.shape[:2], *size)
