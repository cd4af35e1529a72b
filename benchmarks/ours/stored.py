"""Our side of a benchmark: LogitsKD, its teacher live or stored."""

from benchmarks.harness.worker import serve
from benchmarks.ours import network
from benchmarks.ours import pipeline

FEW = 16  # batches that are read again and again
AUGMENT = {"policy": "", "cutout": 12, "workers": 1}


def build(settings):
    """A batch of drawn images, and a training step on it.

    Args:
        settings: Dict of `teacher`: `live`, `writing` (its logits are
            computed and stored, each batch a new one) or `reading` (stored
            before); `width`, `timesteps`, `batch`, `dtype` and `jit`.

    Returns:
        Tuple (step, about) for `serve`.
    """
    import itertools
    import tempfile

    import keras

    from kerassnn import distillation

    network.policy(settings["dtype"])
    keras.utils.set_random_seed(0)
    student, teacher = (
        network.network({**settings, "flow": flow}, settings["width"])
        for flow in ("lif", "ann")
    )
    batches = pipeline.drawn({**settings, **AUGMENT})
    order = itertools.cycle((0, i) for i in range(FEW))
    if settings["teacher"] != "live":
        # Its own object holds the folder for as long as there are steps.
        folder = tempfile.TemporaryDirectory()
        teacher, batches = distillation.store_logits(
            teacher, batches, folder.name
        )
        batches.folder = folder
    if settings["teacher"] == "writing":
        counted = itertools.count()
        order = (divmod(i, len(batches)) for i in counted)
    if settings["teacher"] == "reading":
        for i in range(FEW):
            batches.batch(0, i)
    distiller = distillation.LogitsKD(student, teacher)
    distiller.compile(
        keras.optimizers.SGD(0.1, momentum=0.9),
        keras.losses.CategoricalCrossentropy(from_logits=True),
        jit_compile=settings["jit"],
    )

    def step():
        x, y = batches.batch(*next(order))
        logs = distiller.train_on_batch(x, y, return_dict=True)
        return [float(logs["loss"])]

    return step, {"keras": keras.__version__}


if __name__ == "__main__":
    serve(build)
