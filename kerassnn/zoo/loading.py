"""Models from entries; nothing that is read is run."""

import contextlib
import warnings

import keras

from kerassnn import models
from kerassnn.ops.soundness import check_policy
from kerassnn.zoo.cards import read_card
from kerassnn.zoo.network import build
from kerassnn.zoo.network import check_changes
from kerassnn.zoo.network import check_network
from kerassnn.zoo.registry import find
from kerassnn.zoo.stored import stored_input
from kerassnn.zoo.weights import WEIGHTS
from kerassnn.zoo.weights import check_size
from kerassnn.zoo.weights import load_half

HEAD = "features"  # the tap behind which the head begins
PRECISIONS = ("float32", "mixed_bfloat16", "mixed_float16")


def load(
    name: str,
    *,
    timesteps: int | None = None,
    classes: int | None = None,
    new_head: bool = False,
    input_shape: tuple[int, ...] | None = None,
    precision: str | None = None,
    weights: bool = True,
    trainable: bool | str = True,
    preprocess: bool = False,
) -> keras.Model:
    """A published model, its weights verified.

    Args:
        name: String, see `kerassnn.zoo.list`; or `hf://owner/repo/entry`.
        timesteps: Int, T. `None` is the T at which the entry was trained;
            at another one the same weights run, and a warning says so unless
            the card has the accuracy there.
        classes: Int for fine-tuning: the last layer is new unless it is as
            large as the entry's. `None` keeps it.
        new_head: Bool. `True` makes the last layer new in any case: for as
            many classes as the entry's, but others.
        input_shape: (H, W, C), or (T, H, W, C) for event frames. `None` is
            that of the training. Networks with global average pooling take
            any H and W; a warning, as for `timesteps`.
        precision: One of `PRECISIONS`, the layers' dtype policy. `None` is
            Keras's current policy, which is left as it is.
        weights: Bool. `False` gives the freshly initialised architecture.
        trainable: Bool, or `"head"` to freeze all before the head.
        preprocess: Bool. `True` gives a model that takes images as they are
            stored, integers or floats in 0..`scale`, and normalises them.

    Returns:
        `keras.Model`, normalised images (see the card's `preprocessing` and
        `kerassnn.zoo.prepare`) to logits (B, classes).

    Raises:
        ValueError: if there is no such entry, its card or files are not what
            was published, an argument does not suit it, or the precision is
            bfloat16 where the compiler gets it wrong.

    Example:
        >>> student = load("resnet8_sastc_digits", timesteps=2)
        >>> student.output_shape
        (None, 10)
    """
    _check_choice("trainable", trainable, (True, False, "head"))
    _check_choice("weights", weights, (True, False))
    _check_choice("new_head", new_head, (True, False))
    _check_choice("preprocess", preprocess, (True, False))
    _check_choice("precision", precision, (None, *PRECISIONS))
    _check_shape(input_shape)
    _check_count("timesteps", timesteps)
    _check_count("classes", classes)
    folder = find(name, [WEIGHTS] if weights else [])
    card = read_card(folder)
    if weights:
        check_size(folder, card)
    own = check_network(card)
    changes = _changes(card, timesteps, classes, input_shape, own, weights)
    with _policy(precision):
        check_policy()
        if weights:
            model = load_entry(folder, card, changes, new_head)
        else:
            model = build(card, **changes)
    _freeze(model, trainable)
    return stored_input(model, card["preprocessing"]) if preprocess else model


def load_entry(folder, card, changes=None, new_head=False):
    """The model of an entry whose network was checked, with its weights.

    Args:
        folder: Path of the entry.
        card: Its card.
        changes: Dict of what differs from the card, arguments of
            `kerassnn.zoo.network.build`.
        new_head: Bool, whether what is behind the tap `HEAD` is new.
    """
    changes = changes or {}
    model = build(card)
    load_half(model, folder, card)
    if not changes and not new_head:
        return model
    other = build(card, **changes)
    head = _layers(other)[1] if new_head else []
    initial = [layer.get_weights() for layer in head]
    models.transfer(model, other)
    for layer, weights in zip(head, initial, strict=True):
        layer.set_weights(weights)
    return other


def _changes(card, timesteps, classes, input_shape, own, weights):
    """What differs from the card; a warning where its accuracy ends."""
    trained, name = card["timesteps"], card["name"]
    if trained is None and timesteps is not None:
        raise ValueError(
            f"expected timesteps=None: {name} is an ANN, received: "
            f"timesteps={timesteps!r}"
        )
    usual = own["input_shape"]
    if len(usual) == 4 and timesteps is not None and input_shape is None:
        input_shape = (timesteps, *usual[1:])  # so many frames
    given = {
        "timesteps": (timesteps, trained),
        "classes": (classes, own["classes"]),
        "input_shape": (input_shape and tuple(input_shape), usual),
    }
    changes = {k: v for k, (v, old) in given.items() if v not in (None, old)}
    if weights:
        shape = changes.get("input_shape")
        if shape and (len(shape) != len(usual) or shape[-1] != usual[-1]):
            raise ValueError(
                f"expected an input_shape like {usual}, that of {name}, but "
                f"for H and W, received: input_shape={shape}"
            )
        rest = {k: v for k, v in changes.items() if k != "classes"}
        check_changes(card, own, rest)
    told = card["accuracy_by_timesteps"] or {}
    for key in ("timesteps", "input_shape"):
        if key == "timesteps" and str(timesteps) in told:
            continue
        if key in changes and (weights or key == "timesteps"):
            warnings.warn(
                f"{name} was trained at {key}={given[key][1]}; what its card "
                "says of its accuracy does not hold at "
                f"{key}={changes[key]}",
                stacklevel=3,
            )
            break
    return changes


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


def _check_count(name, value):
    if value is not None and (type(value) is not int or value < 1):
        raise ValueError(
            f"expected {name} to be an int >= 1, received: {name}={value!r}"
        )


def _freeze(model, trainable):
    if trainable == "head":
        for layer in _layers(model)[0]:
            layer.trainable = False
    else:
        model.trainable = trainable


def _layers(model):
    """Those in front of the head, and those of the head."""
    # `Model.layers` follows the graph, and all paths meet in this tap.
    place = [layer.name for layer in model.layers].index(HEAD)
    return model.layers[:place], model.layers[place:]
