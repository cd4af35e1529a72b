"""A network in ops that every exporter knows."""

import keras

from kerassnn.layers.spiking_neuron import SpikingNeuron
from kerassnn.models.norm_folding import fold_norms


def plain(model):
    """The same function at test time: neurons step by step, norms folded.

    Our fused neurons are functions of the backend's own, which converters
    cannot look into.

    Args:
        model: Functional Keras model, ANN or SNN.

    Returns:
        `keras.Model` in float32, whose weights are copies.

    Raises:
        ValueError: if `model` is not functional.
    """
    folded = fold_norms(model)

    def unfused(layer):
        config = layer.get_config()
        if "dtype" in config:  # a layer of one dtype takes none
            config["dtype"] = "float32"
        if isinstance(layer, SpikingNeuron):
            config["fused"] = False
        return type(layer).from_config(config)

    result = keras.models.clone_model(folded, clone_function=unfused)
    result.set_weights(folded.get_weights())
    return result
