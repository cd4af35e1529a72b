"""Weights moved between models with the same layer names."""

import keras
from keras import ops

from kerassnn.models import graph


def transfer(
    source: keras.Model,
    target: keras.Model,
    may_differ: tuple[str, ...] | None = None,
) -> list[str]:
    """Copies every weight that agrees in layer name and shape.

    Between the twins of one builder (ANN and SNN, or two heads) all of the
    body agrees. Models within a model are looked through.

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


def named_weights(model: keras.Model) -> dict[str, keras.Variable]:
    """The weights of a model by name, wrappers and nested models left out.

    Args:
        model: `keras.Model`, built.

    Returns:
        Dict `layer/variable` -> variable. Where two layers within nested
        models have one name, it is `model/layer/variable`.

    Raises:
        ValueError: if a weight belongs to no layer of the model, or two of
            one layer have one name.
    """
    layers = graph.layers(model)
    short = graph.flat_names(layers)
    named, seen = {}, set()
    for path, layer in layers.items():
        prefix = layer.name if short[path] == layer.name else path
        for variable in layer.weights:
            if id(variable) in seen:
                continue
            seen.add(id(variable))
            name = f"{prefix}/{variable.name}"
            if name in named:
                # A layer made of layers: behind its own name, its path.
                inner = variable.path.split(f"{layer.name}/", 1)[-1]
                name = f"{prefix}/{inner}"
            if name in named:
                raise ValueError(
                    "expected weights of distinct names, received: "
                    f"{name!r} twice in {model.name!r}"
                )
            named[name] = variable
    lost = [v.path for v in model.weights if id(v) not in seen]
    if lost:
        raise ValueError(
            f"expected every weight of {model.name!r} in one of its layers, "
            f"received: {lost[:3]}"
        )
    return named
