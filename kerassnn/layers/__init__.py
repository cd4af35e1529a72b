"""Keras layers for spiking networks; time is the second axis, (B, T, ...)."""

from kerassnn.layers.direct_encode import DirectEncode
from kerassnn.layers.integrate_fire import IntegrateFire
from kerassnn.layers.lif import LIF
from kerassnn.layers.mean_readout import MeanReadout
from kerassnn.layers.membrane_readout import MembraneReadout
from kerassnn.layers.norms import TDBN
from kerassnn.layers.norms import TEBN
from kerassnn.layers.parametric_lif import ParametricLIF
from kerassnn.layers.poisson_encode import PoissonEncode
from kerassnn.layers.rate import RateFold
from kerassnn.layers.rate import RateNeuron
from kerassnn.layers.rate import RateNorm
from kerassnn.layers.rate import RateReadout
from kerassnn.layers.spiking_neuron import SpikingNeuron
from kerassnn.layers.time_fold import TimeFold

__all__ = [
    "DirectEncode",
    "IntegrateFire",
    "LIF",
    "MeanReadout",
    "MembraneReadout",
    "ParametricLIF",
    "PoissonEncode",
    "RateFold",
    "RateNeuron",
    "RateNorm",
    "RateReadout",
    "SpikingNeuron",
    "TDBN",
    "TEBN",
    "TimeFold",
]
