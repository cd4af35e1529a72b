import json
import sys
from pathlib import Path

from absl import flags

from kerassnn.training import overrides
from kerassnn.training.guard import guard
from kerassnn.training.loop import run
from kerassnn.training.recipe import load_recipe

STOPPED = 75  # sysexits.h: a temporary failure, to be tried again


def distill(path, arguments):
    """Trains a recipe as the command line says; the flags are in `--help`.

    Args:
        path: Path of the recipe.
        arguments: List of strings: `--field=value` and the flags below.

    Returns:
        The exit code: 0 at the training's end, `STOPPED` before it.

    Raises:
        ValueError: if a flag is wrong, or as `run`.
    """
    recipe = load_recipe(path)
    values = flags.FlagValues()
    define = {"flag_values": values}
    flags.DEFINE_string("runs", "runs", "Folder of run folders.", **define)
    flags.DEFINE_bool("smoke", False, "The recipe's SMOKE.", **define)
    flags.DEFINE_bool("fresh", False, "Throw an earlier run away.", **define)
    flags.DEFINE_float("stop_after_seconds", None, "", lower_bound=0, **define)
    flags.DEFINE_bool("help", False, "Show this.", **define)
    own = values.flag_values_dict()
    overrides.define(recipe.config, values)
    rest = overrides.parse(values, arguments)
    if rest:
        raise ValueError(f"expected --field=value, received: {rest[0]!r}")
    if values.help:
        return show(recipe, own)
    config = recipe.smoke if values.smoke else recipe.config
    given = {
        name: values[name].value
        for name in overrides.field_types(config)
        if values[name].present
    }
    done = run(
        recipe,
        config,
        overrides=given,
        folder=values.runs,
        fresh=values.fresh,
        stop_after_seconds=values.stop_after_seconds,
    )
    if not done.finished:
        print(
            f"{done.folder}: stopped after {values.stop_after_seconds:g} s, in "
            f"epoch {len(done.history) + 1}; the same command goes on"
        )
        return STOPPED
    print(f"{done.folder}: test accuracy {100 * done.accuracy:.2f} %")
    print(json.dumps({"folder": str(done.folder), "accuracy": done.accuracy}))
    return 0


def show(recipe, own):
    """Prints a recipe's header and its fields with their values."""
    print(recipe.doc.strip(), end="\n\n")
    for name in own:
        print(f"  --{name}")
    for name, kind in overrides.field_types(recipe.config).items():
        value = getattr(recipe.config, name)
        print(f"  --{name}={value!r}  ({kind.__name__})")


def main(path):
    """Is called by a recipe that is run as a program."""
    sys.exit(guard(distill, Path(path), sys.argv[1:]))
