"""Our side of a benchmark: one method's training step; and that of Keras."""

from benchmarks.harness.worker import serve
from benchmarks.ours import network


def build(settings):
    """One step of a distiller of our ResNet-19, its untrained twin the teacher.

    Args:
        settings: Dict of `method`, a name of `kerassnn.distillation.METHODS`,
            or `pair` or `keras`: logits and one pair of maps, by us and by
            `keras.distillation.Distiller`; of `flow`, the student's, and
            `timesteps`, `dtype`, `jit`, `problem` as `ours.network` takes
            them; and of `taps`, the number of stages matched, if not the
            method's default.

    Returns:
        Tuple (step, about) for `serve`.
    """
    import keras

    from kerassnn import distillation

    arrays, images, labels = network.prepare(settings)
    student = network.with_weights(settings, arrays)
    # The statistics of the problem's norms would make its logits explode.
    keras.utils.set_random_seed(0)
    width = arrays["stem_conv/kernel"].shape[-1]
    teacher = network.network({**settings, "flow": "ann"}, width)
    name, chosen = settings["method"], {}
    if settings.get("taps"):
        stages = [f"stage{i + 1}" for i in range(settings["taps"])]
        chosen = {"student_taps": stages, "teacher_taps": stages}
    if name == "keras":
        distiller = by_keras(student, teacher)
    elif name == "pair":
        distiller = by_us(student, teacher)
    else:
        method = distillation.METHODS[name]
        taught = method.needs_teacher
        nets = (student, teacher) if taught else (student,)
        distiller = method(*nets, **chosen)
    distiller.compile(
        keras.optimizers.SGD(0.1, momentum=0.9),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=settings["jit"],
    )
    distiller.build(images.shape)
    key = "total_loss" if name == "keras" else "loss"

    def step():
        logs = distiller.train_on_batch(images, labels, return_dict=True)
        return [float(logs[key])]

    return step, {"keras": keras.__version__}


# The pair: half of it cross-entropy, half of it soft labels and one map.
TEMPERATURE = 3.0
TAP = "stage2"


def by_keras(student, teacher):
    """Keras's distiller, its loss taken between means over time."""
    import keras
    from keras import distillation
    from keras import ops

    class OfRates(keras.losses.Loss):
        def call(self, y_true, y_pred):
            rates = ops.mean(ops.cast(y_pred, "float32"), axis=1)
            square = ops.square(rates - ops.cast(y_true, "float32"))
            return ops.mean(square, axis=(1, 2, 3))

    return distillation.Distiller(
        teacher=teacher,
        student=student,
        distillation_losses=[
            # By name, Keras takes its divergence of the logits themselves.
            distillation.LogitsDistillation(
                temperature=TEMPERATURE, loss=keras.losses.KLDivergence()
            ),
            distillation.FeatureDistillation(
                loss=OfRates(), teacher_layer_name=TAP, student_layer_name=TAP
            ),
        ],
        distillation_loss_weights=[1.0, 1.0],
    )


def by_us(student, teacher):
    """The same loss as a method of ours."""
    from keras import ops

    from kerassnn import distillation

    class Pair(distillation.Distiller):
        default_weights = {"task": 0.5, "kd": 0.5, "feature": 0.5}
        needs_teacher = True

        def loss_terms(self, y, views):
            ours, theirs = views["student"], views["teacher"]
            true = ops.log_softmax(theirs["logits"] / TEMPERATURE)
            log = ops.log_softmax(ours["logits"] / TEMPERATURE)
            kl = ops.sum(ops.exp(true) * (true - log), axis=-1)
            square = ops.square(ops.mean(ours[TAP], axis=1) - theirs[TAP])
            return {
                "kd": TEMPERATURE**2 * ops.mean(kl),
                "feature": ops.mean(square),
            }

    return Pair(student, teacher, student_taps=[TAP], teacher_taps=[TAP])


if __name__ == "__main__":
    serve(build)
