"""Every way of distilling an ANN into an SNN; one method, one file."""

from kerassnn.distillation.combined import Combined
from kerassnn.distillation.distiller import Distiller
from kerassnn.distillation.ensemble import Ensemble
from kerassnn.distillation.methods import BKDSNN
from kerassnn.distillation.methods import CKDSNN
from kerassnn.distillation.methods import HTAKL
from kerassnn.distillation.methods import KDSNN
from kerassnn.distillation.methods import METHODS
from kerassnn.distillation.methods import SASTC
from kerassnn.distillation.methods import TET
from kerassnn.distillation.methods import TSER
from kerassnn.distillation.methods import TSSD
from kerassnn.distillation.methods import TWKD
from kerassnn.distillation.methods import AttentionTransfer
from kerassnn.distillation.methods import BlockReplacement
from kerassnn.distillation.methods import EnhancedSelfDistillation
from kerassnn.distillation.methods import FitNet
from kerassnn.distillation.methods import HardLabel
from kerassnn.distillation.methods import LaSNN
from kerassnn.distillation.methods import LogitsKD
from kerassnn.distillation.methods import SeAlKD
from kerassnn.distillation.methods import SemCKD
from kerassnn.distillation.methods import Strong2Weak
from kerassnn.distillation.methods import Weak2Strong
from kerassnn.distillation.stored_teacher import StoredTeacher
from kerassnn.distillation.storing import store_logits
from kerassnn.distillation.students import compatibility

__all__ = [
    "Combined",
    "Distiller",
    "Ensemble",
    "METHODS",
    "StoredTeacher",
    "compatibility",
    "store_logits",
    *METHODS,
]
