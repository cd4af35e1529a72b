import json
from collections.abc import Sequence
from pathlib import Path

from absl import flags

from kerassnn.training import overrides
from kerassnn.training.loop import run
from kerassnn.training.recipe import load_recipe

STOPPED = 75  # sysexits.h: a temporary failure, to be tried again


def train(
    path: str | Path, arguments: Sequence[str], name: str | None = None
) -> int:
    """Trains a recipe as the command line says; the flags are in `--help`.

    Args:
        path: Path of the recipe.
        arguments: List of strings: `--field=value` and the flags below.
        name: String, what the run is called; see `run`.

    Returns:
        The exit code: 0 at the training's end, `STOPPED` before it.

    Raises:
        ValueError: if a flag is wrong, or as `run`.
    """
    recipe = load_recipe(path)
    values = flags.FlagValues()
    own = _define(values)
    overrides.define(recipe.config, values)
    rest = overrides.parse(values, arguments)
    if rest:
        raise ValueError(f"expected --field=value, received: {rest[0]!r}")
    if values.help:
        return show(recipe, own)
    given = overrides.present(recipe.config, values)
    if values.minutes is not None and {"epochs", "warmup"} & set(given):
        raise ValueError(
            "expected --minutes, which chooses them, or --epochs and "
            "--warmup, received: both"
        )
    done = run(
        recipe,
        recipe.configure(given, smoke=values.smoke),
        folder=values.runs,
        name=name,
        fresh=values.fresh,
        minutes=values.minutes,
        stop_after_seconds=values.stop_after_seconds,
        tensorboard=values.tensorboard,
    )
    if not done.finished:
        print(
            f"{done.folder}: stopped after {values.stop_after_seconds:g} s, in "
            f"epoch {len(done.history) + 1}; the same command goes on"
        )
        return STOPPED
    found = {"folder": str(done.folder), "accuracy": done.accuracy}
    text = f"{done.folder}: test accuracy {100 * done.accuracy:.2f} %"
    print(json.dumps(found) if values.json else text)
    return 0


def _define(values):
    """Adds the flags that every training has; returns `{name: help}`."""
    define = {"flag_values": values}
    flags.DEFINE_string("runs", "runs", "Folder of run folders.", **define)
    flags.DEFINE_bool("smoke", False, "Shrunk to seconds.", **define)
    flags.DEFINE_bool("fresh", False, "Throw an earlier run away.", **define)
    flags.DEFINE_float(
        "minutes", None, "Choose the epochs that fit this time.", **define
    )
    flags.DEFINE_float(
        "stop_after_seconds", None, "Save and stop after this time.", **define
    )
    flags.DEFINE_bool(
        "tensorboard", False, "Write curves into the run folder.", **define
    )
    flags.DEFINE_bool("json", False, "End with a line of JSON.", **define)
    flags.DEFINE_bool("help", False, "Show this.", **define)
    return {name: values[name].help for name in values.flag_values_dict()}


def show(recipe, own):
    """Prints a recipe's header and its fields with their values."""
    print(recipe.doc.strip(), end="\n\n")
    for name, text in own.items():
        print(f"  --{name}  {text}")
    for name, kind in overrides.field_types(recipe.config).items():
        value = getattr(recipe.config, name)
        print(f"  --{name}={value!r}  ({kind.__name__})")
    for dataset, values in recipe.variants.items():
        changes = "".join(f" --{k}={v}" for k, v in values.items())
        print(f"\n  --dataset={dataset} means{changes or ' these'}", end="")
    print()
