import contextlib
import dataclasses
import signal
import sys
import time
from pathlib import Path

import keras

from kerassnn.training.environment import environment
from kerassnn.training.environment import peak_memory_mb
from kerassnn.training.files import read_rows
from kerassnn.training.files import replacing
from kerassnn.training.files import write_json
from kerassnn.training.files import write_rows
from kerassnn.training.folder import Folder
from kerassnn.training.keeper import Interrupted
from kerassnn.training.keeper import Keeper
from kerassnn.training.overrides import override
from kerassnn.training.progress import Progress
from kerassnn.training.recipe import load_recipe
from kerassnn.training.signals import Signals
from kerassnn.training.teacher import is_run


@dataclasses.dataclass(frozen=True)
class Run:
    """What `run` has done.

    Args:
        folder: Path of the run folder.
        finished: Whether the training has reached its end.
        accuracy: On the test set, after the last epoch; `None` before.
        history: List of one dict for each epoch.
        result: What `result.json` holds; `{}` before the end.
    """

    folder: Path
    finished: bool
    accuracy: float | None
    history: list
    result: dict


def run(
    recipe,
    config=None,
    *,
    overrides=None,
    folder="runs",
    fresh=False,
    stop_after_seconds=None,
):
    """Trains a recipe, or goes on where an earlier call was ended.

    The run folder `<folder>/<recipe>/<seed>` holds `config.json`,
    `recipe.py`, `environment.json`, `history.csv`, `checkpoint.npz`, and at
    the end `student.weights.h5` and `result.json`. A run that was killed goes
    on from its checkpoint as if nothing had happened: weights, optimizer,
    batches, random numbers and the epoch's averages are those of the run left
    alone. A finished run is returned as it is.

    Args:
        recipe: Path of a recipe file.
        config: `Config`. Defaults to the recipe's `CONFIG`.
        overrides: `{field: value}` or list of `"--field=value"`.
        folder: Path under which run folders are made.
        fresh: Whether to throw an earlier run in the folder away.
        stop_after_seconds: Ends the training, saved, at the first step that
            would begin later than this after the call; writing the last
            checkpoint comes on top. The measurement at a finished training's
            end is not cut off.

    Returns:
        A `Run`.

    Raises:
        ValueError: if an override is wrong, if the recipe knows no warm
            start and is to make one, or if the folder holds a run of another
            config, recipe or teacher.
        FloatingPointError: if a weight or the loss is no longer finite.
        KeyboardInterrupt, SystemExit: on SIGINT and SIGTERM, once the step
            has ended and the state is saved.
    """
    begun = time.monotonic()
    recipe = load_recipe(recipe)
    config = override(config or recipe.config, overrides)
    if config.warm_start and "warm_start" not in recipe.source:
        raise ValueError(
            f"expected warm_start=False: {recipe.name} always starts from "
            "fresh weights. Received: warm_start=True"
        )
    place = Folder(recipe, config, folder)
    if fresh:
        place.clear()
    place.check()
    if not place.result:
        with precision(config.precision):
            keras.utils.set_random_seed(config.seed)
            distiller, data = recipe.build(config)
            found = environment(recipe.folder)
            place.start({**found, "command": place.command()})
            until = None
            if stop_after_seconds is not None:
                until = begun + stop_after_seconds
            if _train(place, distiller, data, until):
                _finish(place, distiller, data)
    return _run(place)


@contextlib.contextmanager
def precision(policy):
    """Sets Keras's dtype policy, and the old one again at the end."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def _train(place, distiller, data, until):
    """Fits to the end, or until a signal or the time; whether the end."""
    config, checkpoint = place.config, place.checkpoint
    with Signals() as signals:

        def stop():
            late = until is not None and time.monotonic() >= until
            return late or signals.received is not None

        keeper = Keeper(
            place.path, data.train, config.checkpoint_seconds, stop, checkpoint
        )
        with contextlib.suppress(Interrupted):
            if checkpoint and checkpoint.position.epoch < config.epochs:
                _prepare(distiller, data.train)
            while keeper.position.epoch < config.epochs:
                keeper.place()
                _fit(distiller, data, config, keeper)
    if signals.received == signal.SIGINT:
        raise KeyboardInterrupt
    if signals.received is not None:
        sys.exit(128 + signals.received)
    return keeper.position.epoch >= config.epochs


def _prepare(distiller, train):
    """Takes one step, which the restored state undoes, so that all is built.

    On TensorFlow, Keras makes layers, optimizer and metrics as it traces the
    first step: before it there is nothing to restore to.
    """

    def leave(batch, logs):
        raise Interrupted

    once = keras.callbacks.LambdaCallback(on_train_batch_end=leave)
    with contextlib.suppress(Interrupted):
        distiller.fit(train.feed(), shuffle=False, verbose=0, callbacks=[once])


def _fit(distiller, data, config, keeper):
    bar = sys.stdout.isatty()
    distiller.fit(
        data.train.feed(),
        initial_epoch=keeper.position.epoch,
        epochs=config.epochs,
        validation_data=data.validation,
        validation_batch_size=config.batch_size,
        shuffle=False,
        verbose=1 if bar else 0,
        callbacks=[keeper, *([] if bar else [Progress(data.train)])],
    )


def _finish(place, distiller, data):
    """Measures the student on the test set and writes it down."""
    config, checkpoint = place.config, place.checkpoint
    _settle(distiller, data, checkpoint)
    x, y = data.test
    found = distiller.evaluate(
        x, y, batch_size=config.batch_size, verbose=0, return_dict=True
    )
    with replacing(place.path / "student.weights.h5") as temporary:
        distiller.student.save_weights(temporary)
    history = checkpoint.position.history
    write_rows(place.path / "history.csv", history)  # nor may this be whole
    images = sum(row["seconds"] * row["images_per_second"] for row in history)
    seconds = checkpoint.position.seconds
    write_json(
        place.path / "result.json",
        {
            # A share of whole images, which float32 metrics only come near.
            "accuracy": round(found["accuracy"] * len(y)) / len(y),
            "loss": found["loss"],
            "epochs": config.epochs,
            "seconds": round(seconds, 3),
            "images_per_second": round(images / seconds, 2),
            "peak_memory_mb": peak_memory_mb(),
            "builder": place.recipe.student(config).spec,
            "dataset": data.name,
            "method": type(distiller).__name__,
            "method_arguments": _arguments(distiller),
            "teacher": _teacher(distiller, config),
            "timesteps": getattr(config, "timesteps", None),
        },
    )


def _settle(distiller, data, checkpoint):
    """Gives the student its last weights, or their averages if there are."""
    # After a kill in here, the student of this process is untrained.
    if not distiller.optimizer.use_ema:
        checkpoint.restore(distiller, ["student"])
        return
    if not distiller.optimizer.built:
        _prepare(distiller, data.train)
    checkpoint.restore(distiller)
    distiller.optimizer.finalize_variable_values(distiller.trainable_variables)


def _teacher(distiller, config):
    """The name of the teacher that taught, or whose weights came first."""
    taught = distiller.teacher is not None or config.warm_start
    source = getattr(config, "teacher", "")
    if not taught or not source:
        return None
    # A run folder is `<root>/<recipe>/<seed>`; its entry has that name too.
    return Path(source).resolve().parent.name if is_run(source) else source


def _arguments(distiller):
    other = ("student", "teacher", "name", "trainable", "dtype")
    config = distiller.get_config()
    return {k: v for k, v in config.items() if k not in other}


def _run(place):
    checkpoint, result = place.checkpoint, place.result
    if checkpoint:
        history = list(checkpoint.position.history)
    else:  # it came in parts
        history = read_rows(place.path / "history.csv")
    return Run(
        folder=place.path,
        finished=bool(result),
        accuracy=result.get("accuracy"),
        history=history,
        result=result,
    )
