"""Accurate spiking neural networks in Keras, distilled from ANNs."""

from kerassnn import data
from kerassnn import distillation
from kerassnn import layers
from kerassnn import models
from kerassnn import ops
from kerassnn import training
from kerassnn import zoo
from kerassnn.version import __version__
