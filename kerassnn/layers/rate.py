"""Layers of rate-based backpropagation, on two streams at once.

Each takes and gives a pair: spikes (B, T, ...), which run as in the plain
network and are never differentiated, and rates (B, ...), which carry the
gradient. What is kept for the backward pass does not grow with T. At test
time the rates are the spikes' means, so the network is the plain SNN.

Reference: Yu et al., Advancing Training Efficiency of Deep SNNs through
    Rate-based Backpropagation, NeurIPS 2024, arXiv 2410.11488.
"""

from typing import Any

import keras
from keras import ops

from kerassnn.layers import checks
from kerassnn.layers.spiking_neuron import SpikingNeuron
from kerassnn.ops.native import batch_norm
from kerassnn.ops.rate import lif_rate
from kerassnn.ops.rate import scale_gradient
from kerassnn.ops.rate import straight_rate


class _TwoStreams(keras.layers.Wrapper):
    """Abstract: a wrapped layer seen by spikes (B, T, ...) and by rates."""

    def __init__(self, layer: keras.layers.Layer, **kwargs: Any):
        kwargs.setdefault("name", layer.name)
        super().__init__(layer, **kwargs)

    def build(self, input_shape: Any) -> None:
        if not self.layer.built:
            self.layer.build(tuple(input_shape[1]))

    def compute_output_shape(self, input_shape: Any) -> Any:
        steps = input_shape[0][1]
        out = self.layer.compute_output_shape(tuple(input_shape[1]))
        return (out[0], steps, *out[1:]), tuple(out)

    def compute_output_spec(
        self, inputs: Any, training: bool | None = None
    ) -> Any:
        shapes = self.compute_output_shape([x.shape for x in inputs])
        dtype = self.layer.compute_dtype
        return tuple(keras.KerasTensor(s, dtype=dtype) for s in shapes)


@keras.saving.register_keras_serializable("kerassnn")
class RateFold(_TwoStreams):
    """Applies a layer without a time axis to both streams.

    Args:
        layer: Keras layer.

    Input shape:  pair (B, T, ...) and (B, ...), T static.
    Output shape: pair (B, T, ...) and (B, ...).
    """

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        spikes, rates = inputs
        outputs = ops.stop_gradient(_folded(self.layer, spikes))
        if not training:
            return outputs, ops.mean(outputs, axis=1)
        return outputs, self.layer(rates)


@keras.saving.register_keras_serializable("kerassnn")
class RateNorm(_TwoStreams):
    """Batch norm of both streams by the statistics of the spike stream.

    mu and var have the spike stream's values over batch, time and space, and
    the gradient of the rate stream's own. The moving averages follow the
    spike stream.

    Args:
        layer: `keras.layers.BatchNormalization` over the last axis, with
            scale and centre.

    Input shape:  pair (B, T, ..., C) and (B, ..., C), T static.
    Output shape: the same.

    Raises:
        ValueError: if `layer` is no such norm, or a synchronised one.
    """

    def __init__(self, layer: keras.layers.BatchNormalization, **kwargs: Any):
        super().__init__(layer, **kwargs)
        if (
            not isinstance(layer, keras.layers.BatchNormalization)
            or not (layer.scale and layer.center)
            or layer.renorm
            or layer.synchronized
        ):
            raise ValueError(
                "expected `layer` to be a BatchNormalization with scale and "
                "centre, neither renormalised nor synchronised, received: "
                f"layer={layer!r}"
            )

    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        if self.layer.axis not in (-1, len(input_shape[1]) - 1):
            raise ValueError(
                "expected a BatchNormalization over the last axis, received: "
                f"axis={self.layer.axis}"
            )

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        spikes, rates = inputs
        bn = self.layer
        if not training:
            outputs = _folded(bn, spikes)
            return outputs, ops.mean(outputs, axis=1)
        if not bn.trainable:  # Keras's norms are then in inference mode
            return ops.stop_gradient(_folded(bn, spikes)), bn(rates)
        weights = map(ops.convert_to_tensor, (bn.gamma, bn.beta))
        steps = spikes.shape[1]
        folded = ops.reshape(spikes, (-1, *spikes.shape[2:]))
        outputs, mean, variance = batch_norm(folded, *weights, bn.epsilon)
        outputs = ops.reshape(outputs, (-1, steps, *spikes.shape[2:]))
        mean, variance = ops.stop_gradient(mean), ops.stop_gradient(variance)
        for moving, batch in (
            (bn.moving_mean, mean),
            (bn.moving_variance, variance),
        ):
            kept = bn.momentum * ops.cast(moving, "float32")
            moving.assign(kept + (1.0 - bn.momentum) * batch)
        own = ops.cast(rates, "float32")
        axes = tuple(range(len(rates.shape) - 1))
        mean = _value_of(mean, ops.mean(own, axis=axes))
        spread = ops.mean(ops.square(own - mean), axis=axes)
        variance = ops.relu(_value_of(variance, spread))
        rates = _normalise(bn, rates, mean, variance)
        return ops.stop_gradient(outputs), rates


@keras.saving.register_keras_serializable("kerassnn")
class RateNeuron(_TwoStreams):
    """A neuron's spikes, and their rate with its forward-carried derivative.

    Args:
        layer: `SpikingNeuron` given by its `dynamics`, such as `LIF()`; one
            that learns its constants only frozen (`trainable=False`).

    Input shape:  pair of currents (B, T, ...) and (B, ...), T static.
    Output shape: the same: spikes, and their mean over time.

    Raises:
        ValueError: if `layer` is not a neuron, or learns its constants.
    """

    def __init__(self, layer: SpikingNeuron, **kwargs: Any):
        super().__init__(layer, **kwargs)
        if not isinstance(layer, SpikingNeuron) or layer.steps_itself:
            raise ValueError(
                "expected `layer` to be a kerassnn.layers neuron given by its "
                f"`dynamics`, such as `LIF()`, received: layer={layer!r}"
            )

    def build(self, input_shape: Any) -> None:
        if not self.layer.built:
            self.layer.build(tuple(input_shape[0]))
        if self.layer.trainable_weights:
            raise ValueError(
                "rate-based backpropagation has no gradient for a neuron's "
                f"own constants. Received: {type(self.layer).__name__}"
            )

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        currents, current = inputs
        if not training:
            spikes = self.layer(currents)
            return spikes, ops.mean(spikes, axis=1)
        spikes, rate, eligibility = lif_rate(currents, self.layer.dynamics)
        return spikes, straight_rate(rate, current, eligibility)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return tuple(input_shape[0]), tuple(input_shape[1])


@keras.saving.register_keras_serializable("kerassnn")
class RateReadout(keras.layers.Layer):
    """Logits of the rate stream, their gradient scaled by 1/T.

    Args:
        scale_gradient: Bool. Whether to divide the gradient by T, as the
            paper's code does with that of the loss. Defaults to `True`.

    Input shape:  pair (B, T, K) and (B, K), T static.
    Output shape: (B, K).
    """

    def __init__(self, scale_gradient: bool = True, **kwargs: Any):
        super().__init__(**kwargs)
        self.scale_gradient = checks.flag("scale_gradient", scale_gradient)
        self.gradient_scale = 1.0

    def build(self, input_shape: Any) -> None:
        if self.scale_gradient:
            self.gradient_scale = 1.0 / input_shape[0][1]

    def call(self, inputs: Any) -> Any:
        return scale_gradient(inputs[1], self.gradient_scale)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return tuple(input_shape[1])

    def get_config(self) -> dict[str, Any]:
        config = {"scale_gradient": self.scale_gradient}
        return {**super().get_config(), **config}


def _folded(layer, x):
    steps = x.shape[1]
    outputs = layer(ops.reshape(x, (-1, *x.shape[2:])))
    return ops.reshape(outputs, (-1, steps, *outputs.shape[1:]))


def _normalise(bn, x, mean, variance):
    scale = ops.rsqrt(variance + bn.epsilon) * bn.gamma
    outputs = (ops.cast(x, "float32") - mean) * scale + bn.beta
    return ops.cast(outputs, bn.compute_dtype)


def _value_of(value, own):
    """`value` with the gradient of `own`."""
    return ops.stop_gradient(value) + (own - ops.stop_gradient(own))
