"""What a trained network does: its spikes, rates, operations and energy."""

from kerassnn.analysis import plots
from kerassnn.analysis.activation_maps import spike_activation_map
from kerassnn.analysis.calibration import calibration_error
from kerassnn.analysis.firing import firing_rates
from kerassnn.analysis.operations import energy
from kerassnn.analysis.operations import sops
from kerassnn.analysis.recording import Recording
from kerassnn.analysis.recording import record
from kerassnn.analysis.stopping import Anytime
from kerassnn.analysis.stopping import anytime
from kerassnn.analysis.word_lengths import fixed_point

__all__ = [
    "Anytime",
    "Recording",
    "anytime",
    "calibration_error",
    "energy",
    "firing_rates",
    "fixed_point",
    "plots",
    "record",
    "sops",
    "spike_activation_map",
]
