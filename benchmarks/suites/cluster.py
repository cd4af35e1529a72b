"""What training on many devices would cost: an estimate, not a measurement.

    python -m benchmarks.suites.cluster sewresnet34_ann sewresnet34_sastc \\
        --devices=8,64 --peak_tflops=790 --utilisation=0.35

Counted on JAX, without data and accelerator: operations and bytes of a step as
XLA sees them before it optimises, the bytes that the forward pass keeps for the
backward pass, and those of weights and gradients. All else is assumed; speeds
and sizes are arguments. Of computing there are two figures: the operations at
the given share of the peak, and all bytes at the peak bandwidth where that
takes longer, which is a step of which nothing is fused. Gradients go round a
ring in float32, over the slowest link, and nothing overlaps that; for each
batch norm, whose statistics are over the whole batch, the latency of two more
reductions counts.
Reading and decoding images are assumed to keep up. The last line is JSON.
"""

import argparse
import json
import os

os.environ["KERAS_BACKEND"] = "jax"

import jax
import keras

from benchmarks.suites import budget
from kerassnn import training
from kerassnn.cli.recipes import find_recipe
from kerassnn.training.loop import precision

IMAGENET = 1_281_167  # training images
RECORD = 110e3  # bytes of an image on disk


def count(recipe, config):
    """What one device's step of `config.batch_size` images asks for.

    Returns:
        Dict: `flops`; bytes `moved` by all operations, `gradients`, `state`
        (weights, momentum, the teacher) and `kept` for the backward pass;
        `norms`, how many of them are trained.
    """
    shape = (config.batch_size, *config.input_shape)
    with precision(config.precision):
        taught = recipe.needs_teacher(config)
        teacher = recipe.teacher(config)() if taught else None
        student = recipe.student(config)()
        model = recipe.method(config, student, teacher)
        model.build(shape)
        x = jax.ShapeDtypeStruct(shape, "float32")
        y = jax.ShapeDtypeStruct((shape[0], config.classes), "float32")
        step = budget.lowered(model, x, y)
        kept = left_for_backward(model, x, y)
    weights, fixed, optimizer, _ = budget.state(model)
    cost = step.cost_analysis()
    return {
        "flops": cost["flops"],
        "moved": cost["bytes accessed"],
        "gradients": size(weights),
        "state": size(weights) + size(fixed) + size(optimizer),
        "kept": kept,
        "norms": norms(model),
    }


def norms(model):
    """How many batch norms of it are trained, those of adapters too."""
    fixed = {id(layer) for layer in inside(model.teacher)}
    return sum(
        isinstance(layer, keras.layers.BatchNormalization)
        for layer in inside(model)
        if id(layer) not in fixed
    )


def inside(model):
    """All layers in a model or `None`."""
    return [] if model is None else model._flatten_layers()


def left_for_backward(model, x, y):
    """Bytes that a training step's forward pass leaves for the backward one."""
    forward, found = model.compute_loss_and_updates, []

    def counting(weights, *args, **options):
        def loss(weights):
            return forward(weights, *args, **options)

        left = jax.tree.leaves(jax.vjp(loss, weights, has_aux=True)[1])
        # Float32 weights, which no precision has cast, are there anyhow.
        known = {id(weight) for weight in weights}
        found.append(size([each for each in left if id(each) not in known]))
        return loss(weights)

    model.compute_loss_and_updates = counting  # only a step distils
    jax.eval_shape(model.train_step, budget.state(model), (x, y))
    model.compute_loss_and_updates = forward
    return found[0]


def size(tree):
    """Bytes of all arrays in it."""
    return sum(a.size * a.dtype.itemsize for a in jax.tree.leaves(tree))


def estimate(found, batch, epochs, devices, args):
    """Dict of what follows for so many devices of `batch` images each."""
    steps = args.images // (batch * devices)
    link = args.node_gb_s if devices <= args.node else args.link_gb_s
    sent = 2 * (devices - 1) / devices * found["gradients"]
    speed = 1e12 * args.peak_tflops * args.utilisation
    least = found["flops"] / speed
    most = max(least, found["moved"] / (1e9 * args.memory_gb_s))
    gradients = sent / (1e9 * link)
    waiting = 2 * found["norms"] * args.latency_us / 1e6
    step = [computing + gradients + waiting for computing in (least, most)]
    rate = [batch * devices / seconds for seconds in step]
    return {
        "devices": devices,
        "batch": batch * devices,
        "steps_per_epoch": steps,
        "steps": steps * epochs,
        "bytes_sent": sent,
        "link_gb_s": link,
        "computing_seconds": [least, most],
        "gradients_seconds": gradients,
        "norms_seconds": waiting,
        "images_per_second": rate,
        "read_gb_s": [each * RECORD / 1e9 for each in rate],
        "hours": [each * steps * epochs / 3600 for each in step],
    }


def memory(found):
    """Bytes of one device: state, gradients, and what is kept."""
    return found["state"] + found["gradients"] + found["kept"]


def lines(name, found, rows, batch, epochs):
    """The estimate of one recipe, for people."""
    yield (
        f"{name}: {found['flops'] / batch / 1e9:.1f} GFLOP and "
        f"{found['kept'] / batch / 1e6:.0f} MB kept a training image, "
        f"{found['gradients'] / 1e6:.1f} MB of gradients, "
        f"{found['norms']} norms"
    )
    yield (
        f"  a device of {batch} images: {memory(found) / 1e9:.1f} GB, of which "
        f"{found['kept'] / 1e9:.1f} kept and {found['state'] / 1e9:.2f} state"
    )
    for row in rows:
        fast, slow = row["computing_seconds"]
        yield (
            f"  {row['devices']} devices, batch {row['batch']}: "
            f"{row['steps_per_epoch']} steps an epoch, {row['steps']} in "
            f"{epochs} epochs"
        )
        yield (
            f"    a step: computing {1000 * fast:.1f} to {1000 * slow:.1f} ms; "
            f"each sends {row['bytes_sent'] / 1e6:.0f} MB, "
            f"{1000 * row['gradients_seconds']:.1f} ms at "
            f"{row['link_gb_s']:g} GB/s; norms "
            f"{1000 * row['norms_seconds']:.1f} ms"
        )
        yield (
            "    {:.1f} to {:.1f} h".format(*row["hours"])
            + ", at {:.0f} to {:.0f} images/s".format(*row["images_per_second"])
            + ", which read {:.2f} to {:.2f} GB/s".format(*row["read_gb_s"])
        )


def main():
    args = arguments()
    told = []
    for name in args.recipes:
        recipe = training.load_recipe(find_recipe(name))
        config = recipe.configure({"batch_size": args.batch})
        found = count(recipe, config)
        rows = [
            estimate(found, args.batch, config.epochs, n, args)
            for n in args.devices
        ]
        text = lines(recipe.name, found, rows, args.batch, config.epochs)
        print("\n".join(text), flush=True)
        told.append({"recipe": recipe.name, **found, "rows": rows})
    print(json.dumps(told))


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("recipes", nargs="+", metavar="RECIPE")
    add("--devices", type=numbers, default=[8, 64], help="for instance 8,64")
    add("--batch", type=int, default=32, help="images of one device")
    add("--images", type=int, default=IMAGENET, help="of an epoch")
    add("--peak_tflops", type=float, default=790.0, help="of a device")
    add("--utilisation", type=float, default=0.35, help="share of the peak")
    add("--memory_gb_s", type=float, default=4800.0, help="of a device")
    add("--node", type=int, default=8, help="devices of one machine")
    add("--node_gb_s", type=float, default=450.0, help="link within it")
    add("--link_gb_s", type=float, default=50.0, help="link out of it")
    add("--latency_us", type=float, default=20.0, help="of an all-reduce")
    return parser.parse_args()


def numbers(text):
    return [int(number) for number in text.split(",")]


if __name__ == "__main__":
    main()
