"""The network that a card describes, its size known before it is built."""

import contextlib
import math
import random
import threading

import keras

from kerassnn import models


def check_network(card):
    """What the network of a card is, without any of its weights.

    Nothing is allocated: a card may describe one of any size.

    Args:
        card: Dict, see `kerassnn.zoo.card`.

    Returns:
        Dict: `timesteps`, `classes`, `input_shape`, `parameters`, and
        `shapes`, of the weights by name.

    Raises:
        ValueError: if the card describes no network, or says of it what is
            not so.
    """
    own = _outline(card)
    stated = {
        "timesteps": card["timesteps"],
        "parameters": card["parameters"],
    }
    if card["classes"] is not None:
        stated["classes"] = len(card["classes"])
    for key, value in stated.items():
        if value != own[key]:
            raise ValueError(
                f"{card['name']}/card.json: expected {key}={own[key]}, that "
                f"of its builder's network, received: {key}={value}"
            )
    channels = len(card["preprocessing"]["mean"])
    if channels != own["input_shape"][-1]:
        raise ValueError(
            f"{card['name']}/card.json: expected preprocessing of "
            f"{own['input_shape'][-1]} channels, received: {channels}"
        )
    return own


def check_changes(card, own, changes):
    """Raises ValueError if the weights do not fit the changed network.

    Args:
        card: Dict, see `kerassnn.zoo.card`.
        own: Dict, see `check_network`.
        changes: Dict, `timesteps` and `input_shape` of `build`.
    """
    if not changes:
        return
    shapes, usual = _outline(card, **changes)["shapes"], own["shapes"]
    unfit = sorted(n for n in shapes if shapes[n] != usual.get(n))
    if unfit:
        raise ValueError(
            f"expected {', '.join(f'{k}={own[k]}' for k in changes)}: the "
            f"weights of {card['name']} are made for it, received: "
            f"{', '.join(f'{k}={v}' for k, v in changes.items())}, where "
            f"{', '.join(unfit[:3])} would have another shape"
        )


def build(card, timesteps=None, classes=None, input_shape=None):
    """The freshly initialised model that a card describes.

    Args:
        card: Dict, see `kerassnn.zoo.card`, whose network was checked.
        timesteps, classes, input_shape: In place of the card's, or `None`.

    Raises:
        ValueError: if the card describes no network.
    """
    given = timesteps or classes or input_shape
    with _named(card["name"] if given else f"{card['name']}/card.json"):
        builder = models.Builder.from_json(card["builder"])
        changed = {"name": card["name"]}
        if input_shape is not None:
            changed["input_shape"] = tuple(input_shape)
        if timesteps is not None:
            changed["timesteps"] = timesteps
            own = builder.arguments.get("input_shape", ())
            shape = changed.get("input_shape", own)
            if len(shape) == 4:  # event frames
                changed["input_shape"] = (timesteps, *shape[1:])
        if classes is not None:
            changed["classes"] = classes
        return builder.replace(**changed)()


def _outline(card, **changes):
    """What `check_network` returns, of a network that is never filled.

    Inside a stateless scope variables wait for their initial values; those
    made here never get them. Keras keeps what waits by thread, hence one of
    its own.
    """
    result = []

    def work():
        try:
            with keras.StatelessScope(initialize_variables=False):
                result.append(_described(build(card, **changes)))
        except BaseException as error:
            result.append(error)

    state = random.getstate()  # from which Keras draws the seeds
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    random.setstate(state)
    if isinstance(result[0], BaseException):
        raise result[0]
    return result[0]


def _described(model):
    named = models.named_weights(model)
    shapes = {name: tuple(v.shape) for name, v in named.items()}
    steps = [x for x in model.layers if x.name == "logits_t"]
    return {
        "timesteps": steps[0].output.shape[1] if steps else None,
        "classes": model.output_shape[-1],
        "input_shape": model.input_shape[1:],
        "parameters": sum(map(math.prod, shapes.values())),
        "shapes": shapes,
    }


@contextlib.contextmanager
def _named(whose):
    """Errors of a builder tell whose card has led to them."""
    try:
        yield
    # What a backend makes of absurd sizes and types is of any kind.
    except Exception as error:
        text = " ".join(str(error).split())
        shown = text if len(text) <= 600 else f"{text[:600]}..."
        raise ValueError(f"{whose}: {shown}") from error
