"""What a recipe's training costs, and how far a given time goes.

    python -m benchmarks.suites.budget resnet19_sastc_cifar10 --data_dir=DIR \\
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

os.environ["KERAS_BACKEND"] = "jax"

import jax
import keras
from absl import flags

from kerassnn import training
from kerassnn.cli.recipes import find_recipe
from kerassnn.guarding import guard
from kerassnn.training.config import known
from kerassnn.training.loop import precision
from kerassnn.training.overrides import define as define_fields
from kerassnn.training.overrides import parse
from kerassnn.training.overrides import present


def cost(recipe, config):
    """FLOPs of a training step for each image, and images of an epoch.

    Forward and backward pass of what is trained, the teacher's forward pass,
    losses and optimizer; two for a multiply-add.
    """
    with precision(config.precision):
        distiller, data = recipe.build(config)
        x, y = data.train.batch(0, 0)
        if not distiller.built:
            distiller.build(x.shape)
        step = lowered(distiller, x, y)
    flops = step.cost_analysis()["flops"]
    return flops / len(x), data.train.steps * len(x)


def lowered(model, x, y):
    """The training step of a compiled model: `jax.stages.Lowered`."""
    # Metrics are made by a first step, which is what this spares.
    model.compile(
        keras.optimizers.SGD(0.1, momentum=0.9),
        keras.losses.CategoricalCrossentropy(from_logits=True),
    )
    return jax.jit(model.train_step).lower(state(model), (x, y))


def state(model):
    """What a training step of a compiled model takes and gives back."""
    model.optimizer.build(model.trainable_variables)
    groups = (
        model.trainable_variables,
        model.non_trainable_variables,
        model.optimizer.variables,
        model.metrics_variables,
    )
    return tuple([v.value for v in group] for group in groups)


def plan(flops, images, peak, utilisation, seconds):
    """What a peak of FLOP/s allows: images/s, seconds an epoch, epochs."""
    rate = peak * utilisation / flops
    return {
        "flops_per_image": flops,
        "images_per_second": rate,
        "seconds_per_epoch": images / rate,
        "epochs": seconds * rate / images,
    }


def used(flops, history, peak):
    """What a finished run has used of the peak, in its median epoch."""
    rate = statistics.median(row["images_per_second"] for row in history)
    return {
        "flops_per_image": flops,
        "median_images_per_second": rate,
        "peak_tflops": peak / 1e12,
        "utilisation": rate * flops / peak,
    }


def main(arguments):
    if not arguments or arguments[0].startswith("-"):
        raise ValueError(
            "expected `python -m benchmarks.suites.budget RECIPE ...`"
        )
    recipe = training.load_recipe(find_recipe(arguments[0]))
    values = options(recipe, arguments[1:])
    given = present(recipe.config, values)
    if values.run:
        done = training.read_run(values.run)
        if not done.finished:
            raise ValueError(
                f"expected the folder of a finished run: {values.run}"
            )
        given = {**known(recipe.config, done.config), **given}
    config = recipe.configure(given)
    (flops, images), peak = cost(recipe, config), 1e12 * values.peak_tflops
    print(f"{recipe.name}: {flops / 1e9:.2f} GFLOP a training image")
    if values.run:
        found = used(flops, done.history, peak)
        print(
            f"{found['median_images_per_second']:.0f} images/s in the median "
            f"epoch: {100 * found['utilisation']:.1f} % of "
            f"{values.peak_tflops:g} TFLOP/s"
        )
    else:
        share, seconds = values.utilisation, values.budget_seconds
        found = plan(flops, images, peak, share, seconds)
        print(
            f"at {100 * share:g} % of {values.peak_tflops:g} TFLOP/s: "
            f"{found['images_per_second']:.0f} images/s, "
            f"{found['seconds_per_epoch']:.1f} s an epoch, "
            f"{found['epochs']:.0f} epochs in {seconds:g} s"
        )
    print(json.dumps(found))


def options(recipe, arguments):
    """The parsed flags: the recipe's fields and those named above."""
    values = flags.FlagValues()
    define = {"flag_values": values}
    flags.DEFINE_float("peak_tflops", 790.0, "", lower_bound=0, **define)
    flags.DEFINE_float("utilisation", 0.35, "", lower_bound=0, **define)
    flags.DEFINE_float("budget_seconds", 600.0, "", lower_bound=0, **define)
    flags.DEFINE_string("run", None, "", **define)
    define_fields(recipe.config, values)
    if rest := parse(values, arguments):
        raise ValueError(f"expected --field=value, received: {rest[0]!r}")
    return values


if __name__ == "__main__":
    sys.exit(guard(main, sys.argv[1:]))
