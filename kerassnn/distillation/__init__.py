"""Every way of distilling an ANN into an SNN; one method, one file."""

from kerassnn.distillation.attention_transfer import AttentionTransfer
from kerassnn.distillation.bkdsnn import BKDSNN
from kerassnn.distillation.block_replacement import BlockReplacement
from kerassnn.distillation.ckdsnn import CKDSNN
from kerassnn.distillation.distiller import Distiller
from kerassnn.distillation.enhanced_self_distillation import (
    EnhancedSelfDistillation,
)
from kerassnn.distillation.fitnet import FitNet
from kerassnn.distillation.hard_label import HardLabel
from kerassnn.distillation.htakl import HTAKL
from kerassnn.distillation.kdsnn import KDSNN
from kerassnn.distillation.lasnn import LaSNN
from kerassnn.distillation.logits_kd import LogitsKD
from kerassnn.distillation.sastc import SASTC
from kerassnn.distillation.seal_kd import SeAlKD
from kerassnn.distillation.sem_ckd import SemCKD
from kerassnn.distillation.strong2weak import Strong2Weak
from kerassnn.distillation.tet import TET
from kerassnn.distillation.tser import TSER
from kerassnn.distillation.tssd import TSSD
from kerassnn.distillation.twkd import TWKD
from kerassnn.distillation.weak2strong import Weak2Strong

METHODS = {
    method.__name__: method
    for method in (
        AttentionTransfer,
        BKDSNN,
        BlockReplacement,
        CKDSNN,
        EnhancedSelfDistillation,
        FitNet,
        HardLabel,
        HTAKL,
        KDSNN,
        LaSNN,
        LogitsKD,
        SASTC,
        SeAlKD,
        SemCKD,
        Strong2Weak,
        TET,
        TSER,
        TSSD,
        TWKD,
        Weak2Strong,
    )
}

__all__ = ["Distiller", "METHODS", *METHODS]
