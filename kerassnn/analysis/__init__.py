"""What a trained network does: its firing rates, operations and energy."""

from kerassnn.analysis.energy import energy
from kerassnn.analysis.energy import sops
from kerassnn.analysis.firing import firing_rates

__all__ = ["energy", "firing_rates", "sops"]
