"""From a recipe to a run folder, resumed exactly after any end."""

from kerassnn.training import classification
from kerassnn.training.classification_config import ClassificationConfig
from kerassnn.training.command import train
from kerassnn.training.comparing import compare
from kerassnn.training.config import Config
from kerassnn.training.data import Data
from kerassnn.training.data import first
from kerassnn.training.event_config import EventConfig
from kerassnn.training.image_config import ImageConfig
from kerassnn.training.loop import run
from kerassnn.training.optimizing import compile
from kerassnn.training.optimizing import cosine
from kerassnn.training.optimizing import steps_down
from kerassnn.training.overrides import override
from kerassnn.training.reading import Run
from kerassnn.training.reading import read_run
from kerassnn.training.recipe import Recipe
from kerassnn.training.recipe import load_recipe
from kerassnn.training.records_config import RecordsConfig
from kerassnn.training.schedule import Cosine
from kerassnn.training.teacher import check_teachers
from kerassnn.training.teacher import load_student
from kerassnn.training.teacher import load_teacher
from kerassnn.training.teacher import teacher_of

__all__ = [
    "ClassificationConfig",
    "Config",
    "Cosine",
    "Data",
    "EventConfig",
    "ImageConfig",
    "Recipe",
    "RecordsConfig",
    "Run",
    "check_teachers",
    "classification",
    "compare",
    "compile",
    "cosine",
    "first",
    "load_recipe",
    "load_student",
    "load_teacher",
    "override",
    "read_run",
    "run",
    "steps_down",
    "teacher_of",
    "train",
]
