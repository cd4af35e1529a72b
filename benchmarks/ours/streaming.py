"""Our side of a benchmark: a network run step by step, or unrolled."""

from benchmarks.harness.worker import serve


def build(settings):
    """All T timesteps of one stream, of a network with random weights.

    Args:
        settings: Dict of `width`, `timesteps`, `builder`, a name in
            `kerassnn.models`, and `work`: `stream`, a call for each step, or
            `unrolled`, one for all.

    Returns:
        Tuple (step, about) for `serve`; a step gives the logits after T.
    """
    import keras
    import numpy as np

    from kerassnn import layers
    from kerassnn import models
    from kerassnn.ops.native import compiled_call

    keras.utils.set_random_seed(0)
    timesteps = settings["timesteps"]
    events = settings["builder"] == "VGGSNN"
    shape = (timesteps, 34, 34, 2) if events else (32, 32, 3)
    net = getattr(models, settings["builder"])(
        neuron=layers.LIF(),
        timesteps=timesteps,
        width=settings["width"],
        input_shape=shape,
    )
    for weight in net.weights:
        if weight.name == "gamma":  # fresh deep neurons hardly fire
            weight.assign(3.0 * weight)
    x = np.random.default_rng(0).normal(size=(1, *shape)).astype("float32")
    frames = [x[:, t] if events else x for t in range(timesteps)]
    about = {"keras": keras.__version__}
    if settings["work"] == "unrolled":
        run = compiled_call(net)

        def step():
            given = keras.ops.convert_to_tensor(x)
            return keras.ops.convert_to_numpy(run(given)).ravel().tolist()

        return step, about
    stream = models.Stream(net)

    def step():
        stream.reset()
        for frame in frames:
            logits = stream.step(frame)
        return logits.ravel().tolist()

    return step, about


if __name__ == "__main__":
    serve(build)
