"""Batch normalisation for spiking networks.

Merged BN, the default of the models, is `BatchNormalization` inside
`TimeFold`: statistics over batch, time and space. `TDBN` and `TEBN` are the
variants that need code of their own; both take (B, T, ..., C).
"""

import keras
from keras import ops

from kerassnn.layers.time_fold import TimeFold
from kerassnn.ops.lif import check_own_steps
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

    Input shape:  (..., C).
    Output shape: the same.
    """

    def __init__(self, momentum=MOMENTUM, epsilon=EPSILON, **kwargs):
        super().__init__(momentum=momentum, epsilon=epsilon, **kwargs)

    def call(self, inputs, training=None, mask=None):
        plain = self.axis in (-1, len(inputs.shape) - 1) and mask is None
        if not plain or not (self.scale and self.center) or self.renorm:
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


def merged_bn(name=None):
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

    def __init__(self, alpha=1.0, v_threshold=1.0, layer=None, **kwargs):
        scale = keras.initializers.Constant(alpha * v_threshold)
        norm = BatchNormalization(
            gamma_initializer=scale, name=kwargs.get("name")
        )
        super().__init__(norm, **kwargs)
        self.alpha = float(alpha)
        self.v_threshold = float(v_threshold)

    def get_config(self):
        config = super().get_config()
        config.pop("layer")
        mine = {"alpha": self.alpha, "v_threshold": self.v_threshold}
        return {**config, **mine}

    @classmethod
    def from_config(cls, config):
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

    def __init__(self, layer=None, **kwargs):
        super().__init__(merged_bn(kwargs.get("name")), **kwargs)

    def build(self, input_shape):
        super().build(input_shape)
        self.p = self.add_weight(
            shape=(input_shape[1],), initializer="ones", name="p"
        )

    def call(self, inputs, training=None):
        check_own_steps(self, inputs.shape, self.p.shape[0])
        outputs = super().call(inputs)
        rank = len(outputs.shape)
        p = ops.reshape(self.p, (1, -1) + (1,) * (rank - 2))
        return outputs * ops.cast(p, outputs.dtype)

    def compute_output_spec(self, inputs, training=None):
        check_own_steps(self, inputs.shape, self.p.shape[0])
        return super().compute_output_spec(inputs)

    def get_config(self):
        config = super().get_config()
        config.pop("layer")
        return config

    @classmethod
    def from_config(cls, config):
        return cls(**config)
