"""Our side of a benchmark: one network, stepped when the driver says so."""

from benchmarks.harness.worker import serve


def build(settings):
    """One step of our ResNet-19.

    Args:
        settings: Dict of `flow` (`lif`, `rate`, `relu`: the floor, `ann`),
            `work` (`train`; `infer`, norms folded; `teach`, as it stands),
            `timesteps`, `dtype` (`float32`, `bfloat16`), `jit`, and
            `problem`, the file of `benchmarks.harness.problem`.

    Returns:
        Tuple (step, about) for `serve`.
    """
    import keras

    from kerassnn import models

    arrays, images, labels = prepare(settings)
    net = with_weights(settings, arrays)
    about = {"keras": keras.__version__}
    if settings["work"] == "train":
        return _training(net, images, labels, settings["jit"]), about
    if settings["work"] == "infer":
        net = models.fold_norms(net)
    net.compile(jit_compile=settings["jit"])

    def infer():
        return net.predict_on_batch(images)[:8].ravel().tolist()

    return infer, about


def prepare(settings):
    """Sets the dtype policy and reads the problem.

    Returns:
        Tuple of the weights by name, the images and the labels.
    """
    import numpy as np

    policy(settings["dtype"])
    with np.load(settings["problem"]) as problem:
        arrays = dict(problem)
    images, labels = arrays.pop("images"), arrays.pop("labels")
    return arrays, images, labels


def policy(dtype):
    """Computes in that dtype; weights stay float32, as by autocast."""
    import keras

    mixed = "mixed_" if dtype == "bfloat16" else ""
    keras.config.set_dtype_policy(mixed + dtype)


def network(settings, width):
    """The ResNet-19 of those `flow` and `timesteps`."""
    from kerassnn import layers
    from kerassnn import models

    class Floor(models.Unrolled):
        """The same folded batch of B T images, ReLU in place of neurons."""

        def activate(self, x, name):
            return models.Analog().activate(x, name)

    flow = {
        "lif": lambda: models.Unrolled(layers.LIF(tau=2.0)),
        "relu": lambda: Floor(layers.LIF(tau=2.0)),
        "bptt": lambda: models.Unrolled(layers.LIF.rate_based()),
        "rate": lambda: models.RateBased(layers.LIF.rate_based()),
        "ann": models.Analog,
    }[settings["flow"]]()
    return models.ResNet19(
        width=width, timesteps=settings["timesteps"], flow=flow
    )


def with_weights(settings, arrays):
    """`network`, with the weights of the problem."""
    from kerassnn import models

    net = network(settings, arrays["stem_conv/kernel"].shape[-1])
    for name, variable in models.named_weights(net).items():
        variable.assign(arrays[name])
    return net


def _training(net, images, labels, jit):
    import keras

    net.compile(
        keras.optimizers.SGD(0.1, momentum=0.9),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=jit,
    )
    return lambda: [float(net.train_on_batch(images, labels))]


if __name__ == "__main__":
    serve(build)
