"""The same network over another number of timesteps."""

import keras

from kerassnn import layers
from kerassnn.layers import checks as layer_checks
from kerassnn.models import graph

ENCODERS = (layers.DirectEncode, layers.LatencyEncode, layers.PoissonEncode)
# Layers with weights for each timestep.
BOUND = (layers.PositionEncoding, layers.StepAttention, layers.TEBN)


def at_timesteps(model: keras.Model, timesteps: int) -> keras.Model:
    """A network with the same weights at another T.

    Args:
        model: Functional or sequential SNN for static input, with an
            encoder (`DirectEncode` in our networks) or several, in a nested
            model or not.
        timesteps: Int >= 1.

    Returns:
        `keras.Model` of the same layers, whose weights are copies.

    Raises:
        ValueError: if `model` has no encoder to change (an ANN, an SNN for
            event frames), or weights of its own for each step.
    """
    encoders = _encoders(model, timesteps)

    def copy(layer):
        config = layer.get_config()
        if id(layer) in encoders:
            config |= {"timesteps": timesteps}
        return type(layer).from_config(config)

    result = keras.models.clone_model(model, None, copy, recursive=True)
    result.set_weights(model.get_weights())
    return result


def rerun(model: keras.Model, timesteps: int) -> keras.Model:
    """As `at_timesteps`, but sharing every layer but the encoders.

    For a run beside that of `model` while it is trained. The `output` of a
    shared layer stays that of `model`.
    """
    encoders = _encoders(model, timesteps)

    def same(layer):
        if id(layer) not in encoders:
            return layer
        config = {**layer.get_config(), "timesteps": timesteps}
        return type(layer).from_config(config)

    return keras.models.clone_model(model, None, same, recursive=True)


def check_unbound(model: keras.Model) -> None:
    """Raises ValueError if `model` has weights for each of its timesteps."""
    for path, layer in graph.layers(model).items():
        if isinstance(layer, BOUND):
            steps = layer.output.shape[1]
            raise ValueError(
                "expected a network that runs at any T, received: "
                f"model={model.name!r}, whose layer {path!r} has weights for "
                f"each of {steps} timesteps"
            )


def _encoders(model, timesteps):
    """Ids of the layers that make T."""
    layer_checks.timesteps(timesteps)
    graph.check_graph(model)
    found = graph.layers(model).values()
    encoders = [layer for layer in found if isinstance(layer, ENCODERS)]
    if not encoders:
        raise ValueError(
            "expected an SNN for static input, with an encoder such as "
            f"`DirectEncode`. Received: model={model.name!r} without one"
        )
    check_unbound(model)
    return set(map(id, encoders))
