"""Weights shared or moved between models with the same layer names."""

import keras
from keras import ops

from kerassnn.layers.direct_encode import DirectEncode
from kerassnn.layers.direct_encode import check_timesteps


def transfer(source, target):
    """Copies every weight that agrees in layer name and shape.

    Between the twins of one builder (ANN and SNN, or two heads) all of the
    body agrees.

    Args:
        source: `keras.Model` to read from.
        target: `keras.Model` to write to.

    Returns:
        List of the names (`layer/variable`) in `target` left as they were.
    """
    given = named_weights(source)
    left = []
    for name, variable in named_weights(target).items():
        match = given.get(name)
        if match is None or match.shape != variable.shape:
            left.append(name)
        else:
            # A copy: JAX would share the array, and donate it twice.
            variable.assign(ops.convert_to_numpy(match))
    return left


def named_weights(model):
    """Dict `layer/variable` -> variable, folding wrappers looked through."""
    named = {}
    for layer in model.layers:
        for variable in layer.weights:
            named[f"{layer.name}/{variable.name}"] = variable
    return named


def at_timesteps(model, timesteps):
    """The same weights at another T.

    Args:
        model: SNN for static input built by `kerassnn.models`.
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
