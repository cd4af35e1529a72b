"""Objects from JSON, of a closed list of classes, and of no other."""

import math

import keras

from kerassnn import layers
from kerassnn.models.flow import Analog
from kerassnn.models.flow import Unrolled
from kerassnn.models.rate_flow import RateBased
from kerassnn.models.staa import STAA
from kerassnn.ops.surrogate import SURROGATES

DEEPEST = 16  # what a card nests: a flow, its norm, its layer, an initializer
LARGEST = 2**31
LONGEST = 200  # characters of a name
KEYS = {"class_name", "config", "module", "registered_name"}
OURS = {
    cls.__name__: cls
    for cls in (
        *SURROGATES,
        Analog,
        RateBased,
        STAA,
        Unrolled,
        layers.AdaptiveLIF,
        layers.BatchNormalization,
        layers.IntegrateFire,
        layers.LIF,
        layers.LatencyEncode,
        layers.ParametricLIF,
        layers.PoissonEncode,
        layers.QCFS,
        layers.TDBN,
        layers.TEBN,
        layers.TimeFold,
    )
}
KERAS = {
    "keras": (keras.DTypePolicy,),
    "keras.initializers": (
        keras.initializers.Constant,
        keras.initializers.GlorotNormal,
        keras.initializers.GlorotUniform,
        keras.initializers.HeNormal,
        keras.initializers.HeUniform,
        keras.initializers.Ones,
        keras.initializers.RandomNormal,
        keras.initializers.RandomUniform,
        keras.initializers.TruncatedNormal,
        keras.initializers.VarianceScaling,
        keras.initializers.Zeros,
    ),
    "keras.regularizers": (keras.regularizers.L2,),
}


def revive(value, depth=0):
    """A builder's argument from JSON.

    Args:
        value: What JSON holds: plain values, lists, and objects as Keras
            serialises them.

    Returns:
        The same with tuples for lists. Objects are made by their class's
        constructor, never by Keras's deserialisation, which looks names up
        in modules and may unmarshal code where it is allowed to.

    Raises:
        ValueError: if a class is not in the list, a constructor refuses its
            arguments, or a number or the nesting is beyond all measure.
    """
    if depth > DEEPEST:
        raise ValueError(
            f"expected objects nested at most {DEEPEST} deep, received: more"
        )
    if isinstance(value, (list, tuple)):
        return tuple(revive(item, depth + 1) for item in value)
    if isinstance(value, dict):
        return _make(value, depth)
    if isinstance(value, str):
        good = len(value) <= LONGEST
    else:
        good = value is None or _is_plain_number(value)
    if not good:
        raise ValueError(
            f"expected a name or a finite number below {LARGEST}, received: "
            f"{_shown(value)}"
        )
    return value


def _make(value, depth):
    cls = _class(value)
    config = value["config"]
    if not isinstance(config, dict):
        raise ValueError(
            f"expected config of {cls.__name__} to be an object, received: "
            f"config={_shown(config)}"
        )
    made = {key: revive(item, depth + 1) for key, item in config.items()}
    try:
        return cls(**made)
    except (ArithmeticError, AttributeError, LookupError, TypeError) as error:
        raise ValueError(
            f"expected arguments of {cls.__name__}, received: "
            f"{_shown(config)} ({error})"
        ) from None


class NotOurs(ValueError):
    """Of a class or a builder that kerassnn does not have."""


def _class(value):
    """The class of the list that a serialised object names."""
    name, module = value.get("class_name"), value.get("module")
    registered = value.get("registered_name")
    found = None
    if isinstance(name, str) and KEYS >= value.keys() >= {"config"}:
        if registered == f"kerassnn>{name}":
            found = OURS.get(name)
        elif not registered and isinstance(module, str):
            known = {cls.__name__: cls for cls in KERAS.get(module, ())}
            found = known.get(name)
    if found is None:
        raise NotOurs(
            "expected classes registered by kerassnn, received: "
            f"class_name={_shown(name)} of module={_shown(module)}"
        )
    return found


def _is_plain_number(value):
    if type(value) is bool:
        return True
    if type(value) not in (int, float):
        return False
    # A float is compared too: what an int may not be, 1e300 may not either.
    return abs(value) <= LARGEST and math.isfinite(value)


def _shown(value):
    text = "an integer" if type(value) is int else repr(value)
    return text if len(text) <= LONGEST else text[:LONGEST] + "..."
