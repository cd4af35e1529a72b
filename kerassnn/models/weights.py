"""Weights shared or moved between models with the same layer names."""

from keras import ops


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
