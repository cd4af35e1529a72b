"""What a recipe's training costs, and how far a given time goes.

    python -m benchmarks.budget resnet19_sastc_cifar10 --data_dir=DIR \\
        --peak_tflops=790 --utilisation=0.35 --budget_seconds=600

counts the operations of one training step, as XLA sees them before it
optimises (JAX, no accelerator needed), and says what follows from a device's
peak. With --run=FOLDER, of a finished run of that recipe, it says instead how
much of the peak that run has used.
"""

import json
import os
import statistics
import sys
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"

import jax
import keras
from absl import flags

from kerassnn import training
from kerassnn.cli.recipes import find_recipe
from kerassnn.training.files import read_json
from kerassnn.training.guard import guard
from kerassnn.training.loop import precision
from kerassnn.training.overrides import define as define_fields
from kerassnn.training.overrides import field_types
from kerassnn.training.overrides import parse


def flops_per_image(recipe, config):
    """FLOPs of one training step of a recipe, for each image.

    Forward and backward pass of what is trained, the teacher's forward pass,
    losses and optimizer; two for a multiply-add.
    """
    with precision(config.precision):
        distiller, data = recipe.build(config)
        x, y = data.train.batch(0, 0)
        if not distiller.built:
            distiller.build(x.shape)
        # Metrics are made by a first step, which is what this spares.
        distiller.compile(
            keras.optimizers.SGD(0.1, momentum=0.9),
            keras.losses.CategoricalCrossentropy(from_logits=True),
        )
        distiller.optimizer.build(distiller.trainable_variables)
        groups = (
            distiller.trainable_variables,
            distiller.non_trainable_variables,
            distiller.optimizer.variables,
            distiller.metrics_variables,
        )
        state = tuple([v.value for v in group] for group in groups)
        step = jax.jit(distiller.train_step).lower(state, (x, y))
    return step.cost_analysis()["flops"] / len(x)


def plan(flops, images, peak, utilisation, seconds):
    """What a peak of FLOP/s allows: images/s, seconds an epoch, epochs."""
    rate = peak * utilisation / flops
    return {
        "flops_per_image": flops,
        "images_per_second": rate,
        "seconds_per_epoch": images / rate,
        "epochs": seconds * rate / images,
    }


def used(flops, folder, peak):
    """What a finished run has used of the peak, in its median epoch."""
    result = read_json(folder / "result.json")
    if result is None:
        raise ValueError(f"expected the folder of a finished run: {folder}")
    with open(folder / "history.csv", encoding="utf-8") as file:
        names, *rows = [line.strip().split(",") for line in file]
    column = names.index("images_per_second")
    rate = statistics.median(float(row[column]) for row in rows)
    return {
        "flops_per_image": flops,
        "images_per_second": rate,
        "utilisation": rate * flops / peak,
        "seconds": result["seconds"],
    }


def main(arguments):
    values = flags.FlagValues()
    define = {"flag_values": values}
    flags.DEFINE_float("peak_tflops", 790.0, "", lower_bound=0, **define)
    flags.DEFINE_float("utilisation", 0.35, "", lower_bound=0, **define)
    flags.DEFINE_float("budget_seconds", 600.0, "", lower_bound=0, **define)
    flags.DEFINE_string("run", None, "", **define)
    if not arguments or arguments[0].startswith("-"):
        raise ValueError("expected `python -m benchmarks.budget RECIPE ...`")
    recipe = training.load_recipe(find_recipe(arguments[0]))
    define_fields(recipe.config, values)
    if rest := parse(values, arguments[1:]):
        raise ValueError(f"expected --field=value, received: {rest[0]!r}")
    fields = field_types(recipe.config)
    config = training.override(
        recipe.config,
        {k: values[k].value for k in fields if values[k].present},
    )
    if values.run:
        stored = read_json(Path(values.run, "config.json")) or {}
        known = {k: stored[k] for k in fields if k in stored}
        config = training.override(
            recipe.config, {**known, "data_dir": config.data_dir}
        )
    flops, peak = flops_per_image(recipe, config), 1e12 * values.peak_tflops
    print(f"{recipe.name}: {flops / 1e9:.2f} GFLOP a training image")
    if values.run:
        found = used(flops, Path(values.run), peak)
        print(
            f"{found['images_per_second']:.0f} images/s in the median epoch: "
            f"{100 * found['utilisation']:.1f} % of {peak / 1e12:g} TFLOP/s"
        )
    else:
        images = config.train_examples or 50_000
        found = plan(
            flops, images, peak, values.utilisation, values.budget_seconds
        )
        print(
            f"at {100 * values.utilisation:g} % of {peak / 1e12:g} TFLOP/s: "
            f"{found['images_per_second']:.0f} images/s, "
            f"{found['seconds_per_epoch']:.1f} s an epoch, "
            f"{found['epochs']:.0f} epochs in {values.budget_seconds:g} s"
        )
    print(json.dumps(found))


if __name__ == "__main__":
    sys.exit(guard(main, sys.argv[1:]))
