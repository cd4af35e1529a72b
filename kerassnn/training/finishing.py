"""The end of a training: its student measured and written down."""

import contextlib
from pathlib import Path

import keras

from kerassnn.files import replacing
from kerassnn.files import write_json
from kerassnn.files import write_rows
from kerassnn.training.environment import peak_memory_mb
from kerassnn.training.keeper import Interrupted
from kerassnn.training.teacher import is_run
from kerassnn.training.teacher import names_of
from kerassnn.training.teacher import teacher_of


def finish(place, distiller, data):
    """Measures the student on the test set and writes it down."""
    config, checkpoint = place.config, place.checkpoint
    builder = place.recipe.student(config)
    _settle(distiller, data, checkpoint)
    found, number = data.measure(distiller, config.batch_size), data.test_images
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
            "accuracy": round(found["accuracy"] * number) / number,
            "loss": found["loss"],
            "epochs": config.epochs,
            "seconds": round(seconds, 3),
            "images_per_second": round(images / seconds, 2),
            "peak_memory_mb": peak_memory_mb(),
            "builder": builder.to_json(),
            "dataset": data.name,
            "method": type(distiller).__name__,
            "method_arguments": _arguments(distiller),
            "teacher": _teacher(distiller, config),
            "timesteps": builder.arguments.get("timesteps"),
        },
    )


def _settle(distiller, data, checkpoint):
    """Gives the student its last weights, or their averages if there are."""
    # After a kill in here, the student of this process is untrained.
    if not distiller.optimizer.use_ema:
        checkpoint.restore(distiller, ["student"])
        return
    if not distiller.optimizer.built:
        prepare(distiller, data.train)
    checkpoint.restore(distiller)
    distiller.optimizer.finalize_variable_values(distiller.trainable_variables)


def _teacher(distiller, config):
    """The name of the teacher that taught, or whose weights came first.

    A list of names, if several taught.
    """
    warm_start = getattr(config, "warm_start", False)
    taught = distiller.teacher is not None or warm_start
    source = teacher_of(config)
    if not taught or not source:
        return None
    names = [
        # A run folder is `<root>/<recipe>/<seed>`; its entry has that name too.
        Path(name).resolve().parent.name if is_run(name) else name
        for name in names_of(source)
    ]
    several = len(names) > 1 and distiller.teacher is not None
    return names if several else names[0]


def _arguments(distiller):
    other = ("student", "teacher", "name", "trainable", "dtype")
    config = distiller.get_config()
    return {k: v for k, v in config.items() if k not in other}


def prepare(distiller, train):
    """Takes one step, which the restored state undoes, so that all is built.

    On TensorFlow, Keras makes layers, optimizer and metrics as it traces the
    first step: before it there is nothing to restore to.
    """

    def leave(batch, logs):
        raise Interrupted

    once = keras.callbacks.LambdaCallback(on_train_batch_end=leave)
    with contextlib.suppress(Interrupted):
        distiller.fit(train.feed(), shuffle=False, verbose=0, callbacks=[once])
