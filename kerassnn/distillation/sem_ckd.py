import keras
from keras import ops

from kerassnn.distillation import adapters
from kerassnn.distillation import checks
from kerassnn.distillation import similarity
from kerassnn.distillation.distiller import Distiller
from kerassnn.distillation.logits_kd import logits_kd
from kerassnn.distillation.sastc import attention
from kerassnn.layers.norms import merged_bn
from kerassnn.ops.distance import gram


def pair_distance(mapped, teacher):
    """Mean square of the difference of two maps, (B, H, W, C) -> (B,)."""
    return ops.mean(ops.square(mapped - teacher), axis=(1, 2, 3))


@keras.saving.register_keras_serializable("kerassnn")
class SemCKD(Distiller):
    """Semantic calibration of layers: `SASTC` without its time axis.

        feature = 1/(B Ls) sum_{b,i,j} alpha_{b,i,j}
                  mean_{h,w,c} (r_ij(f^s_i)[b] - f^a_j[b])^2
        L = task + kd + 400 feature

    f^s is averaged over time. alpha is the softmax over teacher layers j of
    q_i . k_j, unit rows of MLPs over the Gram matrices of the batch, which
    are as wide as the batch: drop the remainder.

    Args:
        student: SNN with maps (B, T, H, W, C) at its taps.
        teacher: ANN with maps (B, H, W, C).
        temperature: Float > 0, of the logits. Defaults to `4.0`.
        batch_size: Int, B. Defaults to that of the first batch.
        weights: Dict over `{"task": 1.0, "kd": 1.0, "feature": 400.0}`.
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
        maps = [teacher[tap] for tap in self.teacher_taps]
        width = self.batch_size
        keys = [
            similarity.embed(mlp, gram(f), width)
            for mlp, f in zip(self.keys, maps, strict=True)
        ]
        total = 0.0
        for i, tap in enumerate(self.student_taps):
            rates = adapters.rates(student[tap])
            query = similarity.embed(self.queries[i], gram(rates), width)
            distances = []
            for regressor, target in zip(self.regressors[i], maps, strict=True):
                small, target = adapters.same_size(rates, target)
                mapped = adapters.adapt(regressor, small)
                distances.append(pair_distance(mapped, target))
            alpha = attention(query, keys)
            weighted = alpha * ops.stack(distances, axis=-1)
            total = total + ops.mean(ops.sum(weighted, axis=-1))
        return {"kd": kd, "feature": total / len(self.student_taps)}

    def get_config(self):
        own = {"temperature": self.temperature, "batch_size": self.batch_size}
        return {**super().get_config(), **own}


def _regressor(channels, target):
    """conv1x1(Cs -> 2 Ct), BN, ReLU, conv3x3, BN, ReLU, conv1x1(-> Ct)."""
    convs = [
        keras.layers.Conv2D(filters, size, padding="same", use_bias=False)
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
