from typing import Any

import keras

from kerassnn.distillation import Distiller
from kerassnn.training import Data
from kerassnn.training import Recipe
from kerassnn.training import Run
from kerassnn.training.checkpoint import Checkpoint
from kerassnn.training.finishing import prepare


def restored(recipe: Recipe, config: Any, run: Run) -> tuple[Distiller, Data]:
    """The distiller at its training's end, adapters included, and its data.

    Args:
        recipe: `Recipe` of the run.
        config: Its config.
        run: `Run`, finished, with its checkpoint.

    Raises:
        ValueError: if the checkpoint is missing or not of this recipe.
    """
    path = run.folder / "checkpoint.npz"
    if not path.is_file():
        raise ValueError(
            f"expected a run with its checkpoint, received: {path}"
        )
    keras.utils.set_random_seed(config.seed)
    distiller, data = recipe.build(config)
    # What a training makes, it makes as it begins.
    data.train.epoch = data.train.start_step = 0
    prepare(distiller, data.train)
    Checkpoint.load(path).restore(distiller)
    return distiller, data
