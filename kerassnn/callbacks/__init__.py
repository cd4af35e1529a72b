"""Callbacks for `fit`: the best student kept, curves for TensorBoard."""

from kerassnn.callbacks.best_student import BestStudent
from kerassnn.callbacks.tensorboard import TensorBoard

__all__ = ["BestStudent", "TensorBoard"]
