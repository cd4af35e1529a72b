"""The same network over another number of timesteps."""

import keras

from kerassnn.layers.direct_encode import DirectEncode
from kerassnn.layers.direct_encode import check_timesteps


def at_timesteps(model, timesteps):
    """The same weights at another T.

    Args:
        model: Functional SNN for static input, with one `DirectEncode`.
        timesteps: Int >= 1.

    Returns:
        `keras.Model` that shares every layer but the encoder with `model`.

    Raises:
        ValueError: if `model` has no encoder to change (an ANN, an SNN for
            event frames), or weights of its own for each step.
    """
    check_timesteps(timesteps)
    encoders = [x for x in model.layers if isinstance(x, DirectEncode)]
    if len(encoders) != 1:
        raise ValueError(
            "expected an SNN for static input, with one `DirectEncode` "
            f"layer. Received: model={model.name!r} with {len(encoders)}"
        )

    def same(layer):
        if layer is not encoders[0]:
            return layer
        return DirectEncode(timesteps, name=layer.name)

    return keras.models.clone_model(model, clone_function=same)
