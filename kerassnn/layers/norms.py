"""Batch normalisation for spiking networks.

Merged BN, the default of the models, is Keras's own BatchNormalization inside
`TimeFold`: statistics over batch, time and space. The layers here are the two
variants that need code of their own; both take (B, T, ..., C).
"""

import keras
from keras import ops

from kerassnn.layers.time_fold import TimeFold
from kerassnn.ops.lif import check_own_steps

# PyTorch's defaults, with which the papers were trained; Keras's differ.
MOMENTUM = 0.9
EPSILON = 1e-5


def merged_bn(name=None):
    """BatchNormalization with the papers' momentum and epsilon."""
    return keras.layers.BatchNormalization(
        momentum=MOMENTUM, epsilon=EPSILON, name=name
    )


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
        super().__init__(
            keras.layers.BatchNormalization(
                momentum=MOMENTUM,
                epsilon=EPSILON,
                gamma_initializer=scale,
                name=kwargs.get("name"),
            ),
            **kwargs,
        )
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
