"""Weights shared or moved between models with the same layer names."""

from keras import ops


def transfer(source, target, may_differ=None):
    """Copies every weight that agrees in layer name and shape.

    Between the twins of one builder (ANN and SNN, or two heads) all of the
    body agrees.

    Args:
        source: `keras.Model` to read from.
        target: `keras.Model` to write to.
        may_differ: Prefixes of the layers that may be left as they are, such
            as `("head",)` for a warm start; `None` for any.

    Returns:
        List of the names (`layer/variable`) in `target` left as they were.

    Raises:
        ValueError: if a layer that may not differ does; nothing is copied.
    """
    given, wanted = named_weights(source), named_weights(target)
    left = [
        name
        for name, variable in wanted.items()
        if name not in given or given[name].shape != variable.shape
    ]
    if may_differ is not None:
        other = [name for name in left if not name.startswith(may_differ)]
        if other:
            raise ValueError(
                f"expected the weights of {source.name!r} to fit "
                f"{target.name!r} but for {may_differ}. Received: "
                f"{len(other)} that do not, such as {other[:3]}"
            )
    for name in wanted.keys() - set(left):
        # A copy: JAX would share the array, and donate it twice.
        wanted[name].assign(ops.convert_to_numpy(given[name]))
    return left


def named_weights(model):
    """Dict `layer/variable` -> variable, folding wrappers looked through."""
    named = {}
    for layer in model.layers:
        for variable in layer.weights:
            named[f"{layer.name}/{variable.name}"] = variable
    return named
