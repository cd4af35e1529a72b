"""Data sets, augmentation and the input pipeline, in plain NumPy."""

from kerassnn.data.augment import Augment
from kerassnn.data.auto_augment import AutoAugment
from kerassnn.data.checks import check
from kerassnn.data.datasets import NAMES
from kerassnn.data.datasets import load
from kerassnn.data.keras_cv import KerasCV
from kerassnn.data.pipeline import Pipeline
from kerassnn.data.policies import policy
from kerassnn.data.rand_augment import RandAugment
from kerassnn.data.splits import Splits

__all__ = [
    "NAMES",
    "Augment",
    "AutoAugment",
    "KerasCV",
    "Pipeline",
    "RandAugment",
    "Splits",
    "check",
    "load",
    "policy",
]
