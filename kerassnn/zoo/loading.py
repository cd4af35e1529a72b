"""Models from entries; nothing that is read is run."""

import contextlib
import inspect
import warnings

import keras

from kerassnn import models
from kerassnn.zoo.registry import find
from kerassnn.zoo.registry import read_card
from kerassnn.zoo.weights import load_half

HEAD = "features"  # the tap behind which the head begins
KERAS = ("keras.initializers", "keras.regularizers", "keras.constraints")
PRECISIONS = ("float32", "mixed_bfloat16", "mixed_float16")
POLICY = ("DTypePolicy", "keras")


def load(
    name,
    *,
    timesteps=None,
    classes=None,
    input_shape=None,
    precision=None,
    weights=True,
    trainable=True,
):
    """A published model, its weights verified.

    Args:
        name: String, see `kerassnn.zoo.list`.
        timesteps: Int, T. `None` is the T at which the entry was trained;
            at another one the same weights run, and a warning says that the
            card's accuracy does not hold.
        classes: Int for fine-tuning: the last layer is new unless it is as
            large as the entry's. `None` keeps it.
        input_shape: (H, W, C), or (T, H, W, C) for event frames. `None` is
            that of the training. Networks with global average pooling take
            any H and W; a warning, as for `timesteps`.
        precision: One of `PRECISIONS`, the layers' dtype policy. `None` is
            Keras's current policy, which is left as it is.
        weights: Bool. `False` gives the freshly initialised architecture.
        trainable: Bool, or `"head"` to freeze all before the head.

    Returns:
        `keras.Model`, normalised images (see the card's `preprocessing`) to
        logits (B, classes).

    Raises:
        ValueError: if there is no such entry, its card or files are not what
            was published, or an argument does not suit it.

    Example:
        >>> student = load("resnet8_sastc_digits", timesteps=2)
        >>> student.output_shape
        (None, 10)
    """
    _check_choice("trainable", trainable, (True, False, "head"))
    _check_choice("weights", weights, (True, False))
    _check_choice("precision", precision, (None, *PRECISIONS))
    _check_shape(input_shape)
    folder = find(name)
    card = read_card(folder)
    _check_timesteps(card, timesteps)
    with _policy(precision):
        if weights:
            model = build(card, timesteps)
            load_half(model, folder, card)
            model = _changed(model, card, timesteps, classes, input_shape)
        else:
            model = build(card, timesteps, classes, input_shape)
    _freeze(model, trainable)
    return model


def builder(card):
    """What makes the network of an entry, to make one like it.

    Args:
        card: Dict, see `kerassnn.zoo.card`.

    Returns:
        Tuple (function of `kerassnn.models`, dict of its arguments).

    Raises:
        ValueError: if the card asks for anything else.
    """
    name, arguments = card["builder"]["name"], card["builder"]["arguments"]
    if name not in models.BUILDERS:
        raise ValueError(
            f"{card['name']}: expected a builder of {sorted(models.BUILDERS)}, "
            f"received: builder={name!r}"
        )
    function = models.BUILDERS[name]
    known = set(inspect.signature(function).parameters)
    if not set(arguments) <= known:
        raise ValueError(
            f"{card['name']}: expected arguments of {name}, {sorted(known)}, "
            f"received: {sorted(set(arguments) - known)}"
        )
    return function, {key: revive(value) for key, value in arguments.items()}


def build(card, timesteps=None, classes=None, input_shape=None):
    """The freshly initialised model that a card describes."""
    function, arguments = builder(card)
    arguments["name"] = card["name"]
    if input_shape is not None:
        arguments["input_shape"] = tuple(input_shape)
    if timesteps is not None:
        arguments["timesteps"] = timesteps
        if len(arguments.get("input_shape", ())) == 4:  # event frames
            frame = arguments["input_shape"][1:]
            arguments["input_shape"] = (timesteps, *frame)
    if classes is not None:
        arguments["classes"] = classes
    return function(**arguments)


def revive(value):
    """A builder's argument from JSON; objects only of kerassnn's classes."""
    if isinstance(value, list):
        return tuple(revive(item) for item in value)
    if not isinstance(value, dict):
        return value
    _check_classes(value)
    return keras.saving.deserialize_keras_object(value, safe_mode=True)


def _check_classes(config):
    """Refuses, before Keras imports anything, classes that are not ours."""
    if isinstance(config, list):
        config = dict(enumerate(config))
    if not isinstance(config, dict):
        return
    found = config.get("class_name"), config.get("module")
    if "class_name" in config:
        registered = keras.saving.get_registered_object(
            config.get("registered_name")
        )
        ours = getattr(registered, "__module__", "").startswith("kerassnn.")
        # Keras looks at the class's name first, which may be `__lambda__`.
        if ours:
            named = config["registered_name"] == f"kerassnn>{found[0]}"
        else:
            known = found == POLICY or found[1] in KERAS
            named = known and not config.get("registered_name")
        if not named or {"build_config", "compile_config"} & config.keys():
            raise ValueError(
                "expected classes registered by kerassnn, received: "
                f"class_name={found[0]!r} of module={found[1]!r}"
            )
    for item in config.values():
        _check_classes(item)


def _changed(model, card, timesteps, classes, input_shape):
    """The model with another head, or for images of another size."""
    trained = model.input_shape[1:]
    shape = trained if input_shape is None else tuple(input_shape)
    new_head = classes not in (None, model.output_shape[-1])
    if not new_head and shape == trained:
        return model
    if len(shape) != len(trained) or shape[-1] != trained[-1]:
        raise ValueError(
            f"expected an input_shape like {trained}, that of {card['name']}, "
            f"but for H and W, received: input_shape={shape}"
        )
    other = build(card, timesteps, classes, shape)
    left = models.transfer(model, other)
    unfit = [w for w in left if not (new_head and w.startswith("head"))]
    if unfit:
        raise ValueError(
            f"expected input_shape={trained}: the weights of {card['name']} "
            f"are made for it, received: input_shape={shape}, where "
            f"{', '.join(unfit[:3])} would have another shape"
        )
    if shape != trained:
        _warn(card, f"input_shape={trained}", f"input_shape={shape}")
    return other


@contextlib.contextmanager
def _policy(precision):
    """Keras's dtype policy for a while; `None` changes nothing."""
    before = keras.config.dtype_policy()
    if precision is not None:
        keras.config.set_dtype_policy(precision)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def _check_choice(name, value, choices):
    if value not in choices:
        raise ValueError(
            f"expected {name} to be one of {choices}, received: "
            f"{name}={value!r}"
        )


def _check_shape(shape):
    good = shape is None or (
        isinstance(shape, (tuple, list))
        and len(shape) in (3, 4)
        and all(type(n) is int and n > 0 for n in shape)
    )
    if not good:
        raise ValueError(
            "expected input_shape to be (H, W, C) or (T, H, W, C), received: "
            f"input_shape={shape!r}"
        )


def _check_timesteps(card, timesteps):
    trained = card["timesteps"]
    if timesteps in (None, trained):
        return
    if trained is None:
        raise ValueError(
            f"expected timesteps=None: {card['name']} is an ANN, received: "
            f"timesteps={timesteps!r}"
        )
    _warn(card, f"timesteps={trained}", f"timesteps={timesteps}")


def _warn(card, trained, now):
    warnings.warn(
        f"{card['name']} was trained at {trained}; what its card says of its "
        f"accuracy does not hold at {now}",
        stacklevel=4,
    )


def _freeze(model, trainable):
    if trainable == "head":
        # `Model.layers` follows the graph, and all paths meet in this tap.
        names = [layer.name for layer in model.layers]
        for layer in model.layers[: names.index(HEAD)]:
            layer.trainable = False
    else:
        model.trainable = trainable
