"""Accurate spiking neural networks in Keras, distilled from ANNs."""

from importlib import import_module
from typing import TYPE_CHECKING

from kerassnn.lazy import attach
from kerassnn.lazy import is_command
from kerassnn.version import __version__

__all__ = [
    "Stream",
    "analysis",
    "callbacks",
    "cite",
    "convert",
    "data",
    "distillation",
    "export",
    "layers",
    "models",
    "ops",
    "publishing",
    "studies",
    "training",
    "zoo",
]

if TYPE_CHECKING or not is_command():
    from kerassnn import analysis
    from kerassnn import callbacks
    from kerassnn import data
    from kerassnn import distillation
    from kerassnn import export
    from kerassnn import layers
    from kerassnn import models
    from kerassnn import ops
    from kerassnn import publishing
    from kerassnn import studies
    from kerassnn import training
    from kerassnn import zoo
    from kerassnn.citations import cite
    from kerassnn.models import Stream
    from kerassnn.models import convert

# `zoo` imports its modules late, and saved models need the classes of this.
is_command() or import_module("kerassnn.zoo.stored")

__getattr__, __dir__ = attach(
    __name__,
    {name: f"{__name__}.{name}" for name in __all__}
    | {
        "Stream": "kerassnn.models",
        "cite": "kerassnn.citations",
        "convert": "kerassnn.models",
    },
)
