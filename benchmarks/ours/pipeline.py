"""Our side of a benchmark: the input pipeline, a batch when asked."""

from benchmarks.harness.worker import serve

NONE = {"validation": None, "test": None}


def build(settings):
    """One batch of a pipeline over drawn images of CIFAR's size.

    Args:
        settings: Dict of `policy` (`auto`, `rand`, empty for crop and flip
            alone), `cutout`, `batch`, and `workers`, the threads.

    Returns:
        Tuple (step, about) for `serve`.
    """
    import itertools

    import keras

    batches = drawn(settings)
    index = itertools.cycle(range(len(batches)))

    def step():
        images, labels = batches[next(index)]
        return [float(images[0, 0, 0, 0]), float(labels[0, 0])]

    return step, {"keras": keras.__version__}


def drawn(settings):
    """The `kerassnn.data.Pipeline` of those settings."""
    import numpy as np

    from kerassnn import data

    rng = np.random.default_rng(0)
    x = rng.integers(0, 256, (10000, 32, 32, 3), dtype="uint8")
    y = rng.integers(0, 10, 10000)
    constants = {"scale": 255.0, "mean": (0.5,) * 3, "std": (0.2,) * 3}
    splits = data.Splits("drawn", 10, **constants, train=(x, y), **NONE)
    return data.Pipeline(
        *splits.train,
        settings["batch"],
        augment=data.Augment(
            policy=data.policy(settings["policy"], splits.fill),
            cutout=settings["cutout"],
            fill=splits.fill,
        ),
        normalise=splits.normalise,
        drop_remainder=True,
        one_hot=splits.classes,
        workers=settings["workers"],
    )


if __name__ == "__main__":
    serve(build)
