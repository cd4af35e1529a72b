"""Students as files that other runtimes and chips read, each checked."""

from kerassnn.export.report import Report
from kerassnn.export.to_litert import litert
from kerassnn.export.to_nir import nir
from kerassnn.export.to_onnx import onnx
from kerassnn.export.to_predictor import predictor
from kerassnn.export.to_saved_model import saved_model

__all__ = ["Report", "litert", "nir", "onnx", "predictor", "saved_model"]
