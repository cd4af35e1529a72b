"""The methods, one a file."""

from kerassnn.distillation.methods.attention_transfer import AttentionTransfer
from kerassnn.distillation.methods.bkdsnn import BKDSNN
from kerassnn.distillation.methods.block_replacement import BlockReplacement
from kerassnn.distillation.methods.ckdsnn import CKDSNN
from kerassnn.distillation.methods.enhanced_self_distillation import (
    EnhancedSelfDistillation,
)
from kerassnn.distillation.methods.fitnet import FitNet
from kerassnn.distillation.methods.hard_label import HardLabel
from kerassnn.distillation.methods.htakl import HTAKL
from kerassnn.distillation.methods.kdsnn import KDSNN
from kerassnn.distillation.methods.lasnn import LaSNN
from kerassnn.distillation.methods.logits_kd import LogitsKD
from kerassnn.distillation.methods.sastc import SASTC
from kerassnn.distillation.methods.seal_kd import SeAlKD
from kerassnn.distillation.methods.sem_ckd import SemCKD
from kerassnn.distillation.methods.strong2weak import Strong2Weak
from kerassnn.distillation.methods.tet import TET
from kerassnn.distillation.methods.tser import TSER
from kerassnn.distillation.methods.tssd import TSSD
from kerassnn.distillation.methods.twkd import TWKD
from kerassnn.distillation.methods.weak2strong import Weak2Strong

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

__all__ = ["METHODS", *METHODS]
