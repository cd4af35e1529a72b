"""The loss a distiller is compiled with, which must be one on logits."""

import functools
import inspect

import keras

# Losses on probabilities that have no `from_logits`, without underscores.
PROBABLE = {
    "categoricalgeneralizedcrossentropy",
    "dice",
    "kldivergence",
    "poisson",
    "tversky",
}


def check_loss(loss):
    """ValueError for a loss on probabilities, in any form `compile` takes.

    Args:
        loss: `keras.Loss`, function, name, config, or a list or dict of
            them. Functions of the user's own pass, and `None` does.
    """
    if any(_on_probabilities(each) for each in _flat(loss)):
        raise ValueError(
            "the student gives logits: expected a loss with from_logits=True,"
            " such as keras.losses.SparseCategoricalCrossentropy("
            f"from_logits=True). Received: loss={loss!r}"
        )


def _flat(loss):
    if isinstance(loss, dict) and "class_name" not in loss:
        loss = list(loss.values())
    if isinstance(loss, (list, tuple)):
        return [one for each in loss for one in _flat(each)]
    return [loss]


def _on_probabilities(loss):
    if loss in ("ce", "crossentropy"):  # chosen by Keras from the labels
        return True
    if isinstance(loss, (str, dict)):
        loss = keras.losses.get(loss)
    given = {}
    if isinstance(loss, functools.partial):
        loss, given = loss.func, loss.keywords
    if isinstance(loss, keras.Loss):
        given = {"from_logits": True, **loss.get_config()}
        kerass = _kerass(type(loss))
        if given["from_logits"] is False:
            return True
        return kerass and _plain(type(loss)) in PROBABLE
    if not callable(loss) or not _kerass(loss):
        return False
    takes = "from_logits" in inspect.signature(loss).parameters
    return takes and not given.get("from_logits") or _plain(loss) in PROBABLE


def _kerass(thing):
    """Whether Keras gives this very thing by its name."""
    name = getattr(thing, "__name__", "")
    return getattr(keras.losses, name, None) is thing


def _plain(thing):
    return thing.__name__.lower().replace("_", "")
