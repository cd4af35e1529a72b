"""Published models: list them, load them, check them, publish new ones."""

from kerassnn.zoo.evaluation import evaluate
from kerassnn.zoo.evaluation import prepare
from kerassnn.zoo.evaluation import verify
from kerassnn.zoo.loading import builder
from kerassnn.zoo.loading import load
from kerassnn.zoo.parcels import pack
from kerassnn.zoo.parcels import unpack
from kerassnn.zoo.publishing import publish
from kerassnn.zoo.registry import card
from kerassnn.zoo.registry import entries as list
from kerassnn.zoo.tables import results

__all__ = [
    "builder",
    "card",
    "evaluate",
    "list",
    "load",
    "pack",
    "prepare",
    "publish",
    "results",
    "unpack",
    "verify",
]
