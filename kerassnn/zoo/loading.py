"""Models from entries; nothing that is read is run."""

import inspect
import warnings

import keras

from kerassnn import models
from kerassnn.zoo.registry import find
from kerassnn.zoo.registry import read_card
from kerassnn.zoo.weights import load_half

HEAD = "features"  # the tap behind which the head begins
KERAS = ("keras.initializers", "keras.regularizers", "keras.constraints")
POLICY = ("DTypePolicy", "keras")


def load(name, *, timesteps=None, classes=None, weights=True, trainable=True):
    """A published model, its weights verified.

    Args:
        name: String, see `kerassnn.zoo.list`.
        timesteps: Int, T. `None` is the T at which the entry was trained;
            at another one the same weights run, and a warning says that the
            card's accuracy does not hold.
        classes: Int for fine-tuning: the last layer is new unless it is as
            large as the entry's. `None` keeps it.
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
    if trainable not in (True, False, "head"):
        raise ValueError(
            "expected trainable to be True, False or 'head', received: "
            f"trainable={trainable!r}"
        )
    folder = find(name)
    card = read_card(folder)
    _check_timesteps(card, timesteps)
    model = build(card, timesteps, None if weights else classes)
    if weights:
        load_half(model, folder, card)
        if classes is not None and classes != model.output_shape[-1]:
            source, model = model, build(card, timesteps, classes)
            models.transfer(source, model)
    _freeze(model, trainable)
    return model


def build(card, timesteps=None, classes=None):
    """The freshly initialised model that a card describes."""
    name, arguments = card["builder"]["name"], card["builder"]["arguments"]
    if name not in models.BUILDERS:
        raise ValueError(
            f"{card['name']}: expected a builder of {sorted(models.BUILDERS)}, "
            f"received: builder={name!r}"
        )
    builder = models.BUILDERS[name]
    known = set(inspect.signature(builder).parameters)
    if not set(arguments) <= known:
        raise ValueError(
            f"{card['name']}: expected arguments of {name}, {sorted(known)}, "
            f"received: {sorted(set(arguments) - known)}"
        )
    arguments = {key: revive(value) for key, value in arguments.items()}
    arguments["name"] = card["name"]
    if timesteps is not None:
        arguments["timesteps"] = timesteps
        if len(arguments.get("input_shape", ())) == 4:  # event frames
            frame = arguments["input_shape"][1:]
            arguments["input_shape"] = (timesteps, *frame)
    if classes is not None:
        arguments["classes"] = classes
    return builder(**arguments)


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
    if found[0] is not None and found != POLICY:
        registered = keras.saving.get_registered_object(
            config.get("registered_name")
        )
        ours = getattr(registered, "__module__", "").startswith("kerassnn.")
        if not ours and found[1] not in KERAS:
            raise ValueError(
                "expected classes registered by kerassnn, received: "
                f"class_name={found[0]!r} of module={found[1]!r}"
            )
    for item in config.values():
        _check_classes(item)


def _check_timesteps(card, timesteps):
    trained = card["timesteps"]
    if timesteps in (None, trained):
        return
    if trained is None:
        raise ValueError(
            f"expected timesteps=None: {card['name']} is an ANN, received: "
            f"timesteps={timesteps!r}"
        )
    warnings.warn(
        f"{card['name']} was trained at timesteps={trained}; what its card "
        f"says of its accuracy does not hold at timesteps={timesteps}",
        stacklevel=3,
    )


def _freeze(model, trainable):
    if trainable == "head":
        # `Model.layers` follows the graph, and all paths meet in this tap.
        names = [layer.name for layer in model.layers]
        for layer in model.layers[: names.index(HEAD)]:
            layer.trainable = False
    else:
        model.trainable = trainable
