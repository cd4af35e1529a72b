"""A method's options, refused before any work is lost."""

import math
import numbers

import keras


def number(name, value):
    """`value` as a float; ValueError unless it is a finite number."""
    real = isinstance(value, numbers.Real) and not isinstance(value, bool)
    if not real or not math.isfinite(value):
        raise ValueError(
            f"`{name}` must be a finite number. Received: {name}={value!r}"
        )
    return float(value)


def positive(name, value):
    """`value` as a float; ValueError unless it is positive and finite."""
    real = isinstance(value, numbers.Real) and not isinstance(value, bool)
    if not real or not 0 < value < math.inf:
        raise ValueError(
            f"`{name}` must be a positive number. Received: {name}={value!r}"
        )
    return float(value)


def share(name, value, zero=False, one=False):
    """`value` as a float between 0 and 1, ends included where said."""
    value = number(name, value)
    low, high = value > 0 or (zero and value == 0), value < 1
    if not low or not (high or (one and value == 1)):
        ends = f"{'[' if zero else '('}0, 1{']' if one else ')'}"
        raise ValueError(
            f"`{name}` must lie in {ends}. Received: {name}={value!r}"
        )
    return value


def count(name, value):
    """`value`, a positive int or `None`; ValueError if it is neither."""
    if value is None:
        return None
    whole = isinstance(value, numbers.Integral) and not isinstance(value, bool)
    if not whole or value < 1:
        raise ValueError(
            f"`{name}` must be a positive integer or None. "
            f"Received: {name}={value!r}"
        )
    return int(value)


def flag(name, value):
    """`value`; ValueError unless it is True or False."""
    if not isinstance(value, bool):
        raise ValueError(
            f"`{name}` must be True or False. Received: {name}={value!r}"
        )
    return value


def weights(given, defaults):
    """A method's `loss_weights` over its defaults.

    A weight is not negative, unless the method's own is: such a term is
    rewarded.

    Args:
        given: Dict term name -> float, or `None`.
        defaults: Dict term name -> float.

    Returns:
        Dict of floats, in the order of `defaults`.

    Raises:
        ValueError: on a name not among the defaults, or a bad weight.
    """
    given = {} if given is None else given
    if not isinstance(given, dict):
        raise ValueError(
            "`loss_weights` must be a dict from terms to weights. "
            f"Received: loss_weights={given!r}"
        )
    unknown = sorted(set(given) - set(defaults), key=str)
    if unknown:
        raise ValueError(
            f"`loss_weights` must have keys among {sorted(defaults)}. "
            f"Received: {unknown}"
        )
    found = {}
    for term, default in defaults.items():
        found[term] = number(
            f"loss_weights[{term!r}]", given.get(term, default)
        )
        if found[term] < 0 <= default:
            raise ValueError(
                f"the weight of {term!r} must not be negative. "
                f"Received: loss_weights={given!r}"
            )
    return found


def variables(distiller, weights):
    """Dict of a distiller's variables of these values, float32, not trained.

    Args:
        distiller: `Distiller`.
        weights: Dict term name -> float.
    """
    return {
        name: distiller.add_weight(
            name=f"{name}_weight",
            initializer=keras.initializers.Constant(value),
            trainable=False,
            dtype="float32",
        )
        for name, value in weights.items()
    }


def revived(config, custom_objects):
    """A distiller's config, the objects it describes made again."""

    def revive(value):
        return keras.saving.deserialize_keras_object(
            value, custom_objects=custom_objects
        )

    keys = ("student", "teacher", "teacher_view")
    described = {k for k in keys if isinstance(config.get(k), dict)}
    return {k: revive(v) if k in described else v for k, v in config.items()}
