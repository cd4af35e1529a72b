from typing import Any

import keras
from keras import ops

from kerassnn.distillation import adapters
from kerassnn.distillation import similarity
from kerassnn.distillation.calibration import Calibration
from kerassnn.layers.norms import merged_bn
from kerassnn.ops.pool import adaptive_max_pool


def match(regressor, student, teacher):
    """Squared distance of one layer pair, per step and sample.

    Along each axis the larger map is pooled to the size of the smaller: the
    student's by maxima, the teacher's by averages.

    Args:
        regressor: Layer (B T, h, w, Cs) -> (B T, h, w, Ct).
        student: Tensor (B, T, Hs, Ws, Cs).
        teacher: Tensor (B, Ht, Wt, Ct).

    Returns:
        Tensor (T, B), mean over h, w and Ct.
    """
    steps = student.shape[1]
    flat = ops.reshape(student, (-1, *student.shape[2:]))
    flat, teacher = adapters.same_size(flat, teacher, adaptive_max_pool)
    mapped = adapters.adapt(regressor, flat)
    mapped = ops.reshape(mapped, (-1, steps, *mapped.shape[1:]))
    square = ops.square(mapped - ops.expand_dims(teacher, 1))
    return ops.transpose(ops.mean(square, axis=(2, 3, 4)))


@keras.saving.register_keras_serializable("kerassnn")
class SASTC(Calibration):
    """Self-attentive spatio-temporal calibration of intermediate layers.

    Every student layer is matched with every teacher layer at every step;
    attention between their batch similarities says how much each pair
    counts, sample by sample:

        feature = 1/(B T Ls) sum_{t,b,i,j} alpha_{t,b,i,j}
                  mean_{h,w,c} (r_ij(f^s_{t,i})[b] - f^a_j[b])^2
        L = task + kd + 800 feature

    alpha is the softmax over j of q_{t,i} . k_j, whose q and k are unit rows
    of MLPs over the Gram matrices of the batch. Nothing but the teacher is
    detached: attention reaches the student through the Gram matrices too.

    The MLPs are as wide as the batch. Shorter batches count as padded with
    samples of no similarity, and longer ones as several: a sample is compared
    with those of its group. Drop the remainder. Under a strategy of
    TensorFlow, the samples compared are those of one replica.

    Args:
        student: SNN with taps `stage1`... of shape (B, T, H, W, C).
        teacher: ANN with taps of shape (B, H, W, C).
        temperature: Float > 0, of the logits. Defaults to `4.0`.
        batch_size: Int, B. Defaults to that of the first batch.
        loss_weights: Dict over `{"task": 1.0, "kd": 1.0, "feature": 800.0}`.
        student_taps: Layers matched; defaults to all stages.
        teacher_taps: Likewise, or dict tap -> layer name.

    Raises:
        ValueError: as `Distiller`; if a net has no stages and no taps are
            given, or the batch size cannot be known.

    Differs from the paper: follows its released code, with four changes. The
        MLPs are as wide as the batch (the published scripts leave a width
        that does not fit); the regressors' batch norms take their statistics
        over batch and time together; short batches are padded, not skipped;
        MLPs and regressors have no weight decay.

    Reference: Hong and Wang, Self-Attentive Spatio-Temporal Calibration,
        AAAI 2025, arXiv 2501.08049.
    """

    needs_teacher = True
    rate_based = False
    default_weights = {"task": 1.0, "kd": 1.0, "feature": 800.0}

    def __init__(
        self, student: keras.Model, teacher: keras.Model, **kwargs: Any
    ):
        super().__init__(student, teacher, **kwargs)
        for tap in self.student_taps:
            _check_steps(tap, self.student_shape(tap))

    def similarities(self, features: Any) -> Any:
        return similarity.step_similarities(features, self.batch_size)

    def regressor(self, channels: int, target: int) -> keras.layers.Layer:
        return _regressor(channels, target)

    def distance(
        self, regressor: keras.layers.Layer, student: Any, teacher: Any
    ) -> Any:
        return match(regressor, student, teacher)


def _check_steps(tap, shape):
    """Raises ValueError unless `shape` is (B, T, H, W, C)."""
    if len(shape) != 5:
        raise ValueError(
            f"tap {tap!r} of the student must hold maps of every timestep, "
            f"(B, T, H, W, C). Received: {tuple(shape)}"
        )


def _regressor(channels, target):
    """conv3x3(Cs -> 2 Ct), BN, ReLU, conv1x1(2 Ct -> Ct)."""
    net = keras.Sequential(
        [
            keras.layers.Conv2D(
                2 * target,
                3,
                padding="same",
                data_format="channels_last",
                use_bias=False,
            ),
            merged_bn(),
            keras.layers.ReLU(),
            keras.layers.Conv2D(
                target, 1, data_format="channels_last", use_bias=False
            ),
        ]
    )
    net.build((None, None, None, channels))
    return net
