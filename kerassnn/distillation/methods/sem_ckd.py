from typing import Any

import keras
from keras import ops

from kerassnn.distillation import adapters
from kerassnn.distillation import similarity
from kerassnn.distillation.calibration import Calibration
from kerassnn.layers.norms import merged_bn


def pair_distance(mapped, teacher):
    """Mean square of the difference of two maps, (B, H, W, C) -> (B,)."""
    return ops.mean(ops.square(mapped - teacher), axis=(1, 2, 3))


@keras.saving.register_keras_serializable("kerassnn")
class SemCKD(Calibration):
    """Semantic calibration of layers: `SASTC` without its time axis.

        feature = 1/(B Ls) sum_{b,i,j} alpha_{b,i,j}
                  mean_{h,w,c} (r_ij(f^s_i)[b] - f^a_j[b])^2
        L = task + kd + 400 feature

    f^s is averaged over time. alpha is the softmax over teacher layers j of
    q_i . k_j, unit rows of MLPs over the Gram matrices of the batch, which
    are as wide as the batch: drop the remainder. Under a strategy of
    TensorFlow, the samples compared are those of one replica.

    Args:
        student: SNN with maps (B, T, H, W, C) at its taps.
        teacher: ANN with maps (B, H, W, C).
        temperature: Float > 0, of the logits. Defaults to `4.0`.
        batch_size: Int, B. Defaults to that of the first batch.
        loss_weights: Dict over `{"task": 1.0, "kd": 1.0, "feature": 400.0}`.
        student_taps: Layers matched. Defaults to all stages.
        teacher_taps: Likewise.

    Raises:
        ValueError: as `SASTC`.

    Differs from the paper: as its code, with the mean over time before it,
        which is how spiking students are compared.

    Reference: Chen et al., Cross-Layer Distillation with Semantic
        Calibration, AAAI 2021, arXiv 2012.03236.
    """

    default_weights = {"task": 1.0, "kd": 1.0, "feature": 400.0}

    def similarities(self, features: Any) -> Any:
        rates = adapters.rates(features)
        return similarity.similarities(rates, self.batch_size)

    def regressor(self, channels: int, target: int) -> keras.layers.Layer:
        return _regressor(channels, target)

    def distance(
        self, regressor: keras.layers.Layer, student: Any, teacher: Any
    ) -> Any:
        small, target = adapters.same_size(adapters.rates(student), teacher)
        return pair_distance(adapters.adapt(regressor, small), target)


def _regressor(channels, target):
    """conv1x1(Cs -> 2 Ct), BN, ReLU, conv3x3, BN, ReLU, conv1x1(-> Ct)."""
    convs = [
        keras.layers.Conv2D(
            filters,
            size,
            padding="same",
            data_format="channels_last",
            use_bias=False,
        )
        for filters, size in ((2 * target, 1), (2 * target, 3), (target, 1))
    ]
    norms = [merged_bn() for _ in range(2)]
    net = keras.Sequential(
        [
            convs[0],
            norms[0],
            keras.layers.ReLU(),
            convs[1],
            norms[1],
            keras.layers.ReLU(),
            convs[2],
        ]
    )
    net.build((None, None, None, channels))
    return net
