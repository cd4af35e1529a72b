"""Data sets, augmentation and the input pipeline, in plain NumPy."""

from kerassnn.data.augmentation.augment import Augment
from kerassnn.data.augmentation.auto_augment import AutoAugment
from kerassnn.data.augmentation.event_augment import EventAugment
from kerassnn.data.augmentation.event_drop import EventDrop
from kerassnn.data.augmentation.keras_cv import KerasCV
from kerassnn.data.augmentation.nda import NDA
from kerassnn.data.augmentation.policies import policy
from kerassnn.data.augmentation.rand_augment import RandAugment
from kerassnn.data.checks import check
from kerassnn.data.events.framing import frames
from kerassnn.data.events.reading import read_events
from kerassnn.data.events.recording import Recording
from kerassnn.data.events.simulation import saccades
from kerassnn.data.loading import NAMES
from kerassnn.data.loading import load
from kerassnn.data.normalising import normalise
from kerassnn.data.pipeline import Pipeline
from kerassnn.data.records.records import Records
from kerassnn.data.splits import Splits

__all__ = [
    "NAMES",
    "NDA",
    "Augment",
    "AutoAugment",
    "EventAugment",
    "EventDrop",
    "KerasCV",
    "Pipeline",
    "RandAugment",
    "Recording",
    "Records",
    "Splits",
    "check",
    "frames",
    "load",
    "normalise",
    "policy",
    "read_events",
    "saccades",
]
