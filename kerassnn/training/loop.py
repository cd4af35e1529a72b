import contextlib
import dataclasses
import math
import signal
import sys
import time
from collections.abc import Mapping
from collections.abc import Sequence
from pathlib import Path

import keras

from kerassnn.callbacks import TensorBoard
from kerassnn.ops.soundness import check_policy
from kerassnn.training.budget import RISE
from kerassnn.training.budget import Budget
from kerassnn.training.budget import check_budget
from kerassnn.training.budget import set_length
from kerassnn.training.config import Config
from kerassnn.training.environment import environment
from kerassnn.training.finishing import finish
from kerassnn.training.finishing import prepare
from kerassnn.training.folder import CURVES
from kerassnn.training.folder import Folder
from kerassnn.training.keeper import Interrupted
from kerassnn.training.keeper import Keeper
from kerassnn.training.overrides import override
from kerassnn.training.progress import Progress
from kerassnn.training.reading import Run
from kerassnn.training.reading import read_run
from kerassnn.training.recipe import Recipe
from kerassnn.training.recipe import load_recipe
from kerassnn.training.signals import Signals

SHOWN = 64  # images whose firing rates are measured after each epoch


def run(
    recipe: Recipe | str | Path,
    config: Config | None = None,
    *,
    overrides: Mapping | Sequence[str] | None = None,
    folder: str | Path = "runs",
    name: str | None = None,
    fresh: bool = False,
    minutes: float | None = None,
    stop_after_seconds: float | None = None,
    tensorboard: bool = False,
) -> Run:
    """Trains a recipe, or continues where an earlier call was stopped.

    The run folder `<folder>/<name>/<seed>` holds `config.json`, `recipe.py`,
    `environment.json`, `history.csv`, `checkpoint.npz`, and at the end
    `student.weights.h5` and `result.json`. A run that was killed goes on from
    its checkpoint as if nothing had happened: weights, optimizer, batches,
    random numbers and the epoch's averages are those of the run left alone. A
    finished run is returned as it is.

    Args:
        recipe: Path of a recipe file.
        config: `Config`. Defaults to that of the recipe for the data set
            that the overrides choose.
        overrides: `{field: value}` or list of `"--field=value"`.
        folder: Path under which run folders are made.
        name: What the run is called. Defaults to the recipe's name, with the
            data set's where the recipe has several.
        fresh: Whether to throw an earlier run in the folder away.
        minutes: Float, the time that the training is to take. After two
            epochs, in which the learning rate rises, the number that fits is
            chosen and written down as `epochs` and `warmup`; these give the
            same training again.
        stop_after_seconds: Ends the training, saved, at the first step that
            would begin later than this after the call; writing the last
            checkpoint comes on top. The measurement at a finished training's
            end is not cut off.
        tensorboard: Whether curves for TensorBoard are written into the
            folder `tensorboard` of the run's.

    Returns:
        A `Run`.

    Raises:
        ValueError: if an override is wrong, or if the folder holds a run of
            another config, recipe or teacher, one that another process is
            training, or a damaged one; if the precision is bfloat16 and
            the compiler gets it wrong, see `kerassnn.ops.soundness`.
        FloatingPointError: if a weight or the loss is no longer finite.
        KeyboardInterrupt, SystemExit: on SIGINT and SIGTERM, once the step
            has ended and the state is saved.
    """
    begun, until = time.monotonic(), _deadline(stop_after_seconds)
    recipe = load_recipe(recipe)
    config = (
        recipe.configure(overrides)
        if config is None
        else override(config, overrides)
    )
    check_budget(minutes, config)
    place = Folder(recipe, config, folder, name, minutes, fresh)
    if not fresh:
        place.check_training()
        if place.result:
            return _run(place)
    place.check_free()
    with precision(config.precision):
        check_policy()
        keras.utils.set_random_seed(config.seed)
        distiller, data = recipe.build(config)
        found = {**environment(recipe.folder), "command": place.command()}
        with place.started(found, fresh):
            budget = None if place.planned else Budget(minutes, begun)
            curves = _curves(place, data) if tensorboard else []
            if not place.result and _train(
                place, distiller, data, until, budget, curves
            ):
                finish(place, distiller, data)
    return _run(place)


def _deadline(seconds):
    if seconds is None:
        return None
    if not 0 <= seconds < math.inf:  # nor not a number
        raise ValueError(
            f"expected stop_after_seconds >= 0, received: "
            f"stop_after_seconds={seconds!r}"
        )
    return time.monotonic() + seconds


@contextlib.contextmanager
def precision(policy):
    """Sets Keras's dtype policy, and the old one again at the end."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def _curves(place, data):
    return [TensorBoard(place.path / CURVES, data.some(SHOWN))]


def _train(place, distiller, data, until, budget, curves):
    """Fits to the end, or until a signal or the time; whether the end."""
    checkpoint = place.checkpoint
    with Signals() as signals:

        def stop():
            late = until is not None and time.monotonic() >= until
            return late or signals.received is not None

        keeper = Keeper(
            place.path,
            data.train,
            place.config.checkpoint_seconds,
            stop,
            checkpoint,
        )
        with contextlib.suppress(Interrupted):
            if checkpoint and (budget or not _done(place, keeper)):
                prepare(distiller, data.train)
            if budget:
                _measure(place, distiller, data, [keeper, *curves], budget)
            while not _done(place, keeper):
                _fit(distiller, data, place.config.epochs, [keeper, *curves])
    where = place.saved(keeper.position)
    if signals.received == signal.SIGINT:
        raise KeyboardInterrupt(where)
    if signals.received is not None:
        print(f"kerassnn: {where}", file=sys.stderr)
        sys.exit(128 + signals.received)
    return place.planned and _done(place, keeper)


def _done(place, keeper):
    return keeper.position.epoch >= place.config.epochs


def _measure(place, distiller, data, callbacks, budget):
    """The first epochs, from whose time the number of all is chosen."""
    keeper = callbacks[0]
    budget.begin(distiller, data)
    keeper.continued = True
    while keeper.position.epoch < RISE:
        _fit(distiller, data, RISE, callbacks)
    keeper.continued = False
    place.fix(budget.choose(place.config, data, keeper.position))
    set_length(distiller, data, place.config.epochs, RISE)


def _fit(distiller, data, epochs, callbacks):
    keeper = callbacks[0]
    keeper.place()
    distiller.fit(
        data.train.feed(),
        initial_epoch=keeper.position.epoch,
        epochs=epochs,
        validation_data=data.validation,
        validation_batch_size=data.train.batch_size,
        shuffle=False,
        verbose=0,
        callbacks=[*callbacks, Progress(data.train)],
    )


def _run(place):
    found = read_run(place.path)
    checkpoint = None if found.finished else place.checkpoint
    if checkpoint is None:
        return found
    # The table is written after the checkpoint.
    history = list(checkpoint.position.history)
    return dataclasses.replace(found, history=history)
