"""A functional model's layers, called once more and watched."""

import keras


def traced(model, call=None):
    """The same model on new inputs, and what its layers were called on.

    Layers are shared. A model made from another's layers (`at_timesteps`)
    has them in its own graph here, where `layer.output` is the other's.

    Args:
        model: Functional or built sequential `keras.Model`.
        call: Function (layer, inputs..., keywords...) -> outputs. Defaults
            to calling the layer.

    Returns:
        `keras.Model`, and a list of (layer, inputs, outputs), in order.
    """
    calls = []

    def watched(layer, *args, **kwargs):
        outputs = (call or _plain)(layer, *args, **kwargs)
        calls.append((layer, args, outputs))
        return outputs

    # Neither sequential nor compiled: such clones ask for more than layers.
    plain = keras.Model(*_ends(model), name=model.name)
    clone = keras.models.clone_model(
        plain, clone_function=lambda layer: layer, call_function=watched
    )
    return clone, calls


def nested(layer):
    """Whether a layer is a model whose own layers can be watched."""
    return isinstance(layer, keras.Model) and hasattr(layer, "outputs")


def last_layer(model):
    """The layer a model ends in, looked for inside models it ends in."""
    last = model.layers[-1]
    return last_layer(last) if nested(last) else last


def _ends(model):
    """Inputs and outputs, of a sequential model its own, not its caller's."""
    if isinstance(model, keras.Sequential):
        return model.inputs[0], model.outputs[0]
    return model.input, model.output


def _plain(layer, *args, **kwargs):
    return layer(*args, **kwargs)
