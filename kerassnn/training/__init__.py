"""From a recipe to a run folder, resumed exactly after any end."""

from kerassnn.training.builder import Builder
from kerassnn.training.command import distill
from kerassnn.training.command import main
from kerassnn.training.comparing import compare
from kerassnn.training.config import Config
from kerassnn.training.data import Data
from kerassnn.training.data import first
from kerassnn.training.loop import Run
from kerassnn.training.loop import run
from kerassnn.training.optimizing import compile
from kerassnn.training.optimizing import cosine
from kerassnn.training.optimizing import steps_down
from kerassnn.training.overrides import override
from kerassnn.training.recipe import Recipe
from kerassnn.training.recipe import load_recipe
from kerassnn.training.teacher import load_student
from kerassnn.training.teacher import load_teacher

__all__ = [
    "Builder",
    "Config",
    "Data",
    "Recipe",
    "Run",
    "compare",
    "compile",
    "cosine",
    "distill",
    "first",
    "load_recipe",
    "load_student",
    "load_teacher",
    "main",
    "override",
    "run",
    "steps_down",
]
