"""Every way of distilling an ANN into an SNN; one method, one file."""

from kerassnn.distillation.distiller import Distiller
from kerassnn.distillation.hard_label import HardLabel
from kerassnn.distillation.logits_kd import LogitsKD
from kerassnn.distillation.sastc import SASTC

METHODS = {c.__name__: c for c in (HardLabel, LogitsKD, SASTC)}

__all__ = ["Distiller", "METHODS", *METHODS]
