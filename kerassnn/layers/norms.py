"""Batch normalisation for spiking networks.

Merged BN, the default of the models, is `BatchNormalization` inside
`TimeFold`: statistics over batch, time and space. `TDBN` and `TEBN` are the
variants that need code of their own; both take (B, T, ..., C).
"""

from typing import Any
from typing import Self

import keras
from keras import ops

from kerassnn.layers import checks
from kerassnn.layers.describing import base_config
from kerassnn.layers.time_fold import TimeFold
from kerassnn.ops.native import batch_norm

# PyTorch's defaults, with which the papers were trained; Keras's differ.
MOMENTUM = 0.9
EPSILON = 1e-5


@keras.saving.register_keras_serializable("kerassnn")
class BatchNormalization(keras.layers.BatchNormalization):
    """Keras's layer over the last axis, in the backend's own op.

    Keras's norm is made of a dozen elementwise ops and computes in float32
    whatever its input: on a CPU it takes about as long as a convolution. It
    keeps the same weights, under the same names.

    Args:
        momentum: Float. Defaults to `0.9`.
        epsilon: Float. Defaults to `1e-5`.
        **kwargs: Those of Keras's layer. With `synchronized=True`, or over
            another axis, it is Keras's own norm that runs. Without it each
            replica of a strategy of TensorFlow has the statistics of its
            part, and the moving ones are their means.

    Input shape:  (..., C).
    Output shape: the same.

    Raises:
        ValueError: if an argument is out of its range, or `synchronized` is
            asked for where Keras cannot.
    """

    def __init__(
        self,
        momentum: float = MOMENTUM,
        epsilon: float = EPSILON,
        **kwargs: Any,
    ):
        super().__init__(
            momentum=checks.number("momentum", momentum, "[0, 1]"),
            epsilon=checks.number("epsilon", epsilon, "[0, inf)"),
            **kwargs,
        )
        if self.synchronized and keras.backend.backend() != "tensorflow":
            raise ValueError(
                "expected `synchronized=True` on TensorFlow only, where Keras "
                "reduces over replicas (on JAX a batch's statistics are those "
                "of all devices anyhow), received: backend="
                f"{keras.backend.backend()!r}"
            )

    def add_weight(self, *args: Any, **kwargs: Any) -> Any:
        if kwargs.get("trainable") is False:
            # Keras would keep the moving statistics of one replica.
            kwargs["aggregation"] = "mean"
        return super().add_weight(*args, **kwargs)

    def call(
        self, inputs: Any, training: bool | None = None, mask: Any = None
    ) -> Any:
        plain = self.axis in (-1, len(inputs.shape) - 1) and mask is None
        plain = plain and not (self.renorm or self.synchronized)
        if not plain or not (self.scale and self.center):
            return super().call(inputs, training=training, mask=mask)
        learns = training and self.trainable
        moving = self.moving_mean, self.moving_variance
        outputs, *found = batch_norm(
            inputs,
            ops.convert_to_tensor(self.gamma),
            ops.convert_to_tensor(self.beta),
            self.epsilon,
            None if learns else [ops.convert_to_tensor(m) for m in moving],
        )
        if learns:
            for old, new in zip(moving, found, strict=True):
                kept = self.momentum * ops.cast(old, new.dtype)
                old.assign(kept + (1.0 - self.momentum) * new)
        return outputs


def merged_bn(name: str | None = None) -> keras.layers.Layer:
    """BatchNormalization with the papers' momentum and epsilon."""
    return BatchNormalization(name=name)


@keras.saving.register_keras_serializable("kerassnn")
class TDBN(TimeFold):
    """Threshold-dependent batch normalisation.

    Merged BN whose scale starts at alpha * v_threshold, so that currents
    start with the spread the threshold asks for.

    Args:
        alpha: Float > 0. Defaults to `1.0`; the paper takes 1/sqrt(2) for
            the norms before a residual sum.
        v_threshold: Float > 0. The neurons' threshold. Defaults to `1.0`.

    Input shape:  (B, T, ..., C), T static.
    Output shape: the same.

    Differs from the paper: none known.

    Reference: Zheng et al., Going Deeper With Directly-Trained Larger
        Spiking Neural Networks, AAAI 2021, arXiv 2011.05280.
    """

    def __init__(
        self,
        alpha: float = 1.0,
        v_threshold: float = 1.0,
        layer: keras.layers.Layer | None = None,
        **kwargs: Any,
    ):
        self.alpha = checks.number("alpha", alpha, "(0, inf)")
        self.v_threshold = checks.number("v_threshold", v_threshold, "(0, inf)")
        scale = keras.initializers.Constant(self.alpha * self.v_threshold)
        norm = BatchNormalization(
            gamma_initializer=scale, name=kwargs.get("name")
        )
        super().__init__(norm, **kwargs)

    def get_config(self) -> dict[str, Any]:
        config = base_config(self)
        mine = {"alpha": self.alpha, "v_threshold": self.v_threshold}
        return {**config, **mine}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        return cls(**config)


@keras.saving.register_keras_serializable("kerassnn")
class TEBN(TimeFold):
    """Temporal effective batch normalisation.

    Merged BN followed by a learned scale p_t for each timestep. The scales
    belong to the weights, so such a network runs at one T only.

    Input shape:  (B, T, ..., C), T static.
    Output shape: the same.

    Raises:
        ValueError: if T is not static, or not that of the weights.

    Differs from the paper: our reading of it, p_t on the norm's output, one
        scalar a step, starting at 1.

    Reference: Duan et al., Temporal Effective Batch Normalization in Spiking
        Neural Networks, NeurIPS 2022.
    """

    binds_timesteps = True  # weights for each of its T

    def __init__(self, layer: keras.layers.Layer | None = None, **kwargs: Any):
        super().__init__(merged_bn(kwargs.get("name")), **kwargs)

    def build(self, input_shape: tuple) -> None:
        super().build(input_shape)
        self.p = self.add_weight(
            shape=(input_shape[1],), initializer="ones", name="p"
        )

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        checks.own_steps(self, inputs.shape, self.p.shape[0])
        outputs = super().call(inputs)
        rank = len(outputs.shape)
        p = ops.reshape(self.p, (1, -1) + (1,) * (rank - 2))
        return outputs * ops.cast(p, outputs.dtype)

    def compute_output_spec(
        self, inputs: Any, training: bool | None = None
    ) -> Any:
        checks.own_steps(self, inputs.shape, self.p.shape[0])
        return super().compute_output_spec(inputs)

    def get_config(self) -> dict[str, Any]:
        return base_config(self)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        return cls(**config)
