"""Every way of distilling an ANN into an SNN; one method, one file."""

from kerassnn.distillation.block_replacement import BlockReplacement
from kerassnn.distillation.distiller import Distiller
from kerassnn.distillation.hard_label import HardLabel
from kerassnn.distillation.logits_kd import LogitsKD
from kerassnn.distillation.sastc import SASTC

METHODS = {
    method.__name__: method
    for method in (
        BlockReplacement,
        HardLabel,
        LogitsKD,
        SASTC,
    )
}

__all__ = ["Distiller", "METHODS", *METHODS]
