"""Pure functions of tensors: surrogates, the fused LIF, distances."""

from kerassnn.ops.clip_floor import clip_floor
from kerassnn.ops.distance import gram
from kerassnn.ops.distance import kl
from kerassnn.ops.distance import unit
from kerassnn.ops.dynamics import Dynamics
from kerassnn.ops.lif import lif_sequence
from kerassnn.ops.lif import lif_step
from kerassnn.ops.lif import lif_steps
from kerassnn.ops.lif import spike
from kerassnn.ops.lif import unroll
from kerassnn.ops.native import batch_norm
from kerassnn.ops.native import batch_norm_steps
from kerassnn.ops.pool import adaptive_average_pool
from kerassnn.ops.pool import adaptive_max_pool
from kerassnn.ops.rate import lif_rate
from kerassnn.ops.rate import scale_gradient
from kerassnn.ops.rate import straight_rate
from kerassnn.ops.surrogate import SURROGATES
from kerassnn.ops.surrogate import ATan
from kerassnn.ops.surrogate import PiecewiseTanh
from kerassnn.ops.surrogate import Rectangle
from kerassnn.ops.surrogate import Sigmoid
from kerassnn.ops.surrogate import Surrogate
from kerassnn.ops.surrogate import Triangle
from kerassnn.ops.surrogate import get_surrogate

__all__ = [
    "ATan",
    "Dynamics",
    "PiecewiseTanh",
    "Rectangle",
    "SURROGATES",
    "Sigmoid",
    "Surrogate",
    "Triangle",
    "adaptive_average_pool",
    "adaptive_max_pool",
    "batch_norm",
    "batch_norm_steps",
    "clip_floor",
    "get_surrogate",
    "gram",
    "kl",
    "lif_rate",
    "lif_sequence",
    "lif_step",
    "lif_steps",
    "scale_gradient",
    "spike",
    "straight_rate",
    "unit",
    "unroll",
]
