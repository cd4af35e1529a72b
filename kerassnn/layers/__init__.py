"""Keras layers for spiking networks; time is the second axis, (B, T, ...)."""

from kerassnn.layers.adaptive_lif import AdaptiveLIF
from kerassnn.layers.direct_encode import DirectEncode
from kerassnn.layers.global_context import GlobalContext
from kerassnn.layers.integrate_fire import IntegrateFire
from kerassnn.layers.latency_encode import LatencyEncode
from kerassnn.layers.lif import LIF
from kerassnn.layers.mean_readout import MeanReadout
from kerassnn.layers.membrane_readout import MembraneReadout
from kerassnn.layers.norms import TDBN
from kerassnn.layers.norms import TEBN
from kerassnn.layers.norms import BatchNormalization
from kerassnn.layers.parametric_lif import ParametricLIF
from kerassnn.layers.poisson_encode import PoissonEncode
from kerassnn.layers.position_encoding import PositionEncoding
from kerassnn.layers.qcfs import QCFS
from kerassnn.layers.rate import RateFold
from kerassnn.layers.rate import RateNeuron
from kerassnn.layers.rate import RateNorm
from kerassnn.layers.rate import RateReadout
from kerassnn.layers.spiking_neuron import SpikingNeuron
from kerassnn.layers.step_attention import StepAttention
from kerassnn.layers.time_fold import TimeFold
from kerassnn.layers.tsrd import TSRD

__all__ = [
    "AdaptiveLIF",
    "BatchNormalization",
    "DirectEncode",
    "GlobalContext",
    "IntegrateFire",
    "LIF",
    "LatencyEncode",
    "MeanReadout",
    "MembraneReadout",
    "ParametricLIF",
    "PoissonEncode",
    "PositionEncoding",
    "QCFS",
    "RateFold",
    "RateNeuron",
    "RateNorm",
    "RateReadout",
    "SpikingNeuron",
    "StepAttention",
    "TDBN",
    "TEBN",
    "TSRD",
    "TimeFold",
]
