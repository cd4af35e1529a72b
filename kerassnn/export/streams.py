"""A network of one timestep as a file's, followed over several frames."""

import keras
import numpy as np
from keras import ops

from kerassnn.models.stepwise import initial_states


def follow(model, x, run):
    """What a network and its file say of frames, one after the other.

    Args:
        model: What `kerassnn.models.streaming` returned.
        x: Array (N, H, W, C), one frame a step.
        run: Function of the flat list of the model's inputs, which runs the
            file, to the flat list of its outputs.

    Returns:
        Two arrays (N, K): logits of the network, and of the file that was
        given the network's states.
    """
    expected, received = [], []
    own = keras.tree.flatten([x[:1], initial_states(model)])
    for one in x:
        own[0] = one[None]
        packed = keras.tree.pack_sequence_as(model.input, own)
        logits, after = model(packed, training=False)
        received.append(run(own)[0])
        expected.append(ops.convert_to_numpy(logits))
        left = keras.tree.flatten(after)
        own = [own[0], *map(ops.convert_to_numpy, left)]
    return np.concatenate(expected), np.concatenate(received)


def named(model):
    """The same network from a dict to a dict, the states named alike.

    Converters of TensorFlow take no nested structures.

    Args:
        model: What `kerassnn.models.streaming` returned.

    Returns:
        `keras.Model` from `frame` and states to `logits` and states.
    """
    (frame, before), (logits, after) = model.input, model.output
    states = {tensor.name: after[name] for name, tensor in before.items()}
    return keras.Model(
        {tensor.name: tensor for tensor in (frame, *before.values())},
        {"logits": logits, **states},
        name=model.name,
    )
