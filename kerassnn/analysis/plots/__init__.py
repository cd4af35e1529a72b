"""Pictures of what networks do; each function returns Matplotlib's figure.

Save one by `figure.savefig("raster.png")`; a notebook shows it. They need the
extra `plot`.
"""

from kerassnn.analysis.plots.early import anytime
from kerassnn.analysis.plots.entries import accuracy_by_timesteps
from kerassnn.analysis.plots.entries import energy
from kerassnn.analysis.plots.neurons import potentials
from kerassnn.analysis.plots.neurons import raster
from kerassnn.analysis.plots.neurons import rate_histogram
from kerassnn.analysis.plots.neurons import rates

__all__ = [
    "accuracy_by_timesteps",
    "anytime",
    "energy",
    "potentials",
    "raster",
    "rate_histogram",
    "rates",
]
