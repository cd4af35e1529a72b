"""Published models: list them, load them, check them."""

from typing import TYPE_CHECKING

from kerassnn.lazy import attach

if TYPE_CHECKING:
    from kerassnn.zoo.evaluation import evaluate
    from kerassnn.zoo.loading import load
    from kerassnn.zoo.preprocessing import prepare
    from kerassnn.zoo.registry import card
    from kerassnn.zoo.registry import entries as list
    from kerassnn.zoo.verification import verify

__all__ = [
    "card",
    "evaluate",
    "list",
    "load",
    "prepare",
    "verify",
]
# `kerassnn list` and `info` read cards alone, which needs no Keras.
__getattr__, __dir__ = attach(
    __name__,
    {
        "card": "kerassnn.zoo.registry",
        "evaluate": "kerassnn.zoo.evaluation",
        "list": "kerassnn.zoo.registry:entries",
        "load": "kerassnn.zoo.loading",
        "prepare": "kerassnn.zoo.preprocessing",
        "verify": "kerassnn.zoo.verification",
    },
)
