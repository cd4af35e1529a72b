import keras
from keras import ops

from kerassnn.distillation import adapters
from kerassnn.distillation import checks
from kerassnn.distillation import similarity
from kerassnn.distillation.distiller import Distiller
from kerassnn.distillation.logits_kd import logits_kd
from kerassnn.layers.norms import merged_bn
from kerassnn.ops.distance import gram
from kerassnn.ops.pool import adaptive_average_pool
from kerassnn.ops.pool import adaptive_max_pool


def step_grams(features):
    """Gram matrix of the batch at every timestep.

    Args:
        features: Tensor (B, T, ...).

    Returns:
        Tensor (T, B, B).
    """
    shape = ops.shape(features)
    rows = ops.reshape(features, (shape[0], features.shape[1], -1))
    rows = ops.transpose(rows, (1, 0, 2))
    return ops.matmul(rows, ops.transpose(rows, (0, 2, 1)))


def attention(queries, keys):
    """softmax over teacher layers of query . key, per step and sample.

    Args:
        queries: Tensor (T, B, D) of one student layer, rows of length one.
        keys: List over the teacher's layers of tensors (B, D), likewise.

    Returns:
        Tensor (T, B, L), rows over L sum to 1.
    """
    scores = [ops.sum(queries * k, axis=-1) for k in keys]
    return ops.softmax(ops.stack(scores, axis=-1), axis=-1)


def match(regressor, student, teacher):
    """Squared distance of one layer pair, per step and sample.

    The student's map is max-pooled to the teacher's size where it is larger;
    else the teacher's is average-pooled to the student's.

    Args:
        regressor: Layer (B T, h, w, Cs) -> (B T, h, w, Ct).
        student: Tensor (B, T, Hs, Ws, Cs).
        teacher: Tensor (B, Ht, Wt, Ct).

    Returns:
        Tensor (T, B), mean over h, w and Ct.
    """
    steps = student.shape[1]
    folded = ops.reshape(student, (-1, *student.shape[2:]))
    if student.shape[2] > teacher.shape[1]:
        folded = adaptive_max_pool(folded, teacher.shape[1:3])
    else:
        teacher = adaptive_average_pool(teacher, student.shape[2:4])
    mapped = adapters.adapt(regressor, folded)
    mapped = ops.reshape(mapped, (-1, steps, *mapped.shape[1:]))
    square = ops.square(mapped - ops.expand_dims(teacher, 1))
    return ops.transpose(ops.mean(square, axis=(2, 3, 4)))


@keras.saving.register_keras_serializable("kerassnn")
class SASTC(Distiller):
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
    samples of no similarity; longer ones are refused. Drop the remainder.

    Args:
        student: SNN with taps `stage1`... of shape (B, T, H, W, C).
        teacher: ANN with taps of shape (B, H, W, C).
        temperature: Float > 0, of the logits. Defaults to `4.0`.
        batch_size: Int, B. Defaults to that of the first batch.
        weights: Dict over `{"task": 1.0, "kd": 1.0, "feature": 800.0}`.
        student_taps: Layers matched; defaults to all stages.
        teacher_taps: Likewise, or dict tap -> layer name.

    Raises:
        ValueError: as `Distiller`; if a net has no stages and no taps are
            given; if the batch size cannot be known, or a batch is larger.

    Differs from the paper: follows its released code, with four changes. The
        MLPs are as wide as the batch (the published scripts leave a width
        that does not fit); the regressors' batch norms take their statistics
        over batch and time together; short batches are padded, not skipped;
        MLPs and regressors have no weight decay.

    Reference: Hong and Wang, Self-Attentive Spatio-Temporal Calibration,
        AAAI 2025, arXiv 2501.08049.
    """

    default_weights = {"task": 1.0, "kd": 1.0, "feature": 800.0}
    required_teacher_taps = ("logits",)

    def __init__(
        self,
        student,
        teacher,
        *,
        temperature=4.0,
        batch_size=None,
        student_taps=None,
        teacher_taps=None,
        **kwargs,
    ):
        default = adapters.stage_taps
        super().__init__(
            student,
            teacher,
            student_taps=student_taps or default(student, "student"),
            teacher_taps=teacher_taps or default(teacher, "teacher"),
            **kwargs,
        )
        self.temperature = checks.positive("temperature", temperature)
        self.batch_size = batch_size
        for tap in self.student_taps:
            _check_maps(tap, self._student.shapes[tap])

    def build_adapters(self, batch_size):
        width = similarity.check_width(self.batch_size or batch_size)
        self.batch_size = width
        student = [self._student.shapes[tap] for tap in self.student_taps]
        teacher = [self._teacher.shapes[tap] for tap in self.teacher_taps]
        self.queries = [similarity.mlp(width) for _ in student]
        self.keys = [similarity.mlp(width) for _ in teacher]
        self.regressors = [
            [_regressor(s[-1], t[-1]) for t in teacher] for s in student
        ]

    def loss_terms(self, y, views):
        student, teacher = views["student"], views["teacher"]
        kd = logits_kd(teacher["logits"], student["logits"], self.temperature)
        width = self.batch_size
        maps = [teacher[tap] for tap in self.teacher_taps]
        keys = [
            similarity.embed(mlp, gram(f), width)
            for mlp, f in zip(self.keys, maps, strict=True)
        ]
        total = 0.0
        for i, tap in enumerate(self.student_taps):
            f = student[tap]
            queries = similarity.embed(self.queries[i], step_grams(f), width)
            pairs = zip(self.regressors[i], maps, strict=True)
            distances = [match(r, f, a) for r, a in pairs]
            weights = attention(queries, keys)
            weighted = weights * ops.stack(distances, axis=-1)
            total = total + ops.mean(ops.sum(weighted, axis=-1))
        return {"kd": kd, "feature": total / len(self.student_taps)}

    def get_config(self):
        own = {"temperature": self.temperature, "batch_size": self.batch_size}
        return {**super().get_config(), **own}


def _check_maps(tap, shape):
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
            keras.layers.Conv2D(2 * target, 3, padding="same", use_bias=False),
            merged_bn(),
            keras.layers.ReLU(),
            keras.layers.Conv2D(target, 1, use_bias=False),
        ]
    )
    net.build((None, None, None, channels))
    return net
