"""What the parts of a card must say about one another."""

import math

LAYOUTS = {"BHWC": 3, "BTHWC": 4}  # axes of an input
# What no entry has more of; larger numbers are an attack, or a mistake.
PARAMETERS = 200_000_000
TIMESTEPS = 1024
FILES = 16


def check_consistent(card, where):
    """Raises ValueError if a card contradicts itself, or cannot be true.

    Args:
        card: Dict of the keys and types of `kerassnn.zoo.schema.CARD`.
        where: String, names the card in the message.
    """
    for check in (_sizes, _shares, _builder, _preprocessing, _results, _rest):
        check(card, where)


def _sizes(card, where):
    _check_range(f"{where}.parameters", card["parameters"], 1, PARAMETERS)
    if card["timesteps"] is not None:
        _check_range(f"{where}.timesteps", card["timesteps"], 1, TIMESTEPS)
    for part, key in (
        ("energy", "sops"),
        ("energy", "macs"),
        ("energy", "picojoules"),
        ("training", "seconds"),
        ("training", "epochs"),
    ):
        _check_range(f"{where}.{part}.{key}", card[part][key], 0, 1e30)


def _shares(card, where):
    results, timesteps = card["results"], card["timesteps"]
    groups = [results, *filter(None, [results["baseline"]])]
    shares = [results["accuracy"]]
    for group in groups:
        shares += [*group["accuracies"], group["accuracy_mean"]]
        shares.append(group["accuracy_std"])
    shares += (card["accuracy_by_timesteps"] or {}).values()
    shares += (card["firing_rates"] or {}).values()
    shares += [results["paper"]["value"]] if results["paper"] else []
    for share in shares:
        _check_range(where, share, 0, 1, "accuracies and rates in [0, 1]")
    for key in ("accuracy_by_timesteps", "firing_rates"):
        if (card[key] is None) != (timesteps is None):
            _fail(
                f"{where}.{key}",
                f"null exactly where timesteps={timesteps} is",
                card[key],
            )


def _builder(card, where):
    arguments, timesteps = card["builder"]["arguments"], card["timesteps"]
    stated = [("timesteps", arguments.get("timesteps", timesteps))]
    shape = arguments.get("input_shape")
    if isinstance(shape, list) and len(shape) == 4:  # event frames
        stated = [("input_shape", shape[0])]
    for key, value in stated:
        if timesteps is not None and value != timesteps:
            _fail(
                f"{where}.builder.arguments.{key}",
                f"timesteps={timesteps}, the card's",
                value,
            )
    spiking = arguments.get("neuron") is not None
    # A flow, or a builder that brings its own neurons, may be either.
    known = "flow" not in arguments and "STAA" not in card["builder"]["name"]
    if known and spiking is (timesteps is None):
        _fail(
            f"{where}.timesteps",
            "a number of an SNN"
            if spiking
            else "null of an ANN, which this builder without a neuron makes",
            timesteps,
        )
    names = card["classes"]
    if names is None:
        return
    if len(set(names)) != len(names) or "" in names or len(names) < 2:
        _fail(
            f"{where}.classes", "distinct names of two classes or more", names
        )
    if arguments.get("classes", len(names)) != len(names):
        _fail(
            f"{where}.builder.arguments.classes",
            f"{len(names)}, the number of names in classes",
            arguments["classes"],
        )


def _preprocessing(card, where):
    found, where = card["preprocessing"], f"{where}.preprocessing"
    if not 1e-6 < found["scale"] < 1e6:
        _fail(f"{where}.scale", "a positive scale", found["scale"])
    if not found["std"] or not all(1e-6 < s < 1e6 for s in found["std"]):
        _fail(f"{where}.std", "positive numbers", found["std"])
    if len(found["mean"]) != len(found["std"]):
        _fail(f"{where}.mean", "as many numbers as in std", found["mean"])
    if not all(abs(m) < 1e6 for m in found["mean"]):
        _fail(f"{where}.mean", "numbers on the unit scale", found["mean"])
    if found["layout"] not in LAYOUTS:
        _fail(f"{where}.layout", sorted(LAYOUTS), found["layout"])
    shape = card["builder"]["arguments"].get("input_shape")
    if isinstance(shape, list) and len(shape) != LAYOUTS[found["layout"]]:
        _fail(
            f"{where}.layout", f"that of input_shape={shape}", found["layout"]
        )


def _results(card, where):
    results, where = card["results"], f"{where}.results"
    if len(results["accuracies"]) != results["seeds"]:
        _fail(
            f"{where}.seeds",
            f"{len(results['accuracies'])}, the number of accuracies",
            results["seeds"],
        )
    for group in filter(None, [results, results["baseline"]]):
        each = group["accuracies"]
        mean = sum(each) / len(each) if each else math.nan
        if not abs(mean - group["accuracy_mean"]) < 1e-6:
            _fail(
                f"{where}.accuracy_mean",
                f"the mean of {each}",
                group["accuracy_mean"],
            )


def _teachers(found, name, where):
    several = isinstance(found, list)
    names = [t["name"] for t in (found if several else filter(None, [found]))]
    if name in names:
        _fail(where, "another entry", name)
    if several and not 2 <= len(names) == len(set(names)):
        _fail(where, "in a list two entries or more, each once", names)


def _rest(card, where):
    if not card["name"].endswith(f"_{card['dataset']}"):
        _fail(f"{where}.dataset", f"the end of {card['name']}", card["dataset"])
    _teachers(card["teacher"], card["name"], f"{where}.teacher")
    if len(card["sha256"]) > FILES:
        _fail(f"{where}.sha256", f"at most {FILES} files", len(card["sha256"]))
    steps, timesteps = card["accuracy_by_timesteps"], card["timesteps"]
    for key in steps or {}:
        _check_range(f"{where}.accuracy_by_timesteps", len(key), 1, 4)
    stated = (steps or {}).get(str(timesteps), card["results"]["accuracy"])
    if stated != card["results"]["accuracy"]:
        _fail(
            f"{where}.accuracy_by_timesteps[{timesteps}]",
            f"{card['results']['accuracy']}, that of the weights",
            stated,
        )


def _check_range(where, value, low, high, expected=None):
    if not low <= value <= high:
        _fail(where, expected or f"{low} to {high}", value)


def _fail(where, expected, value):
    shown = repr(value)[:200]
    raise ValueError(f"{where}: expected {expected}, received: {shown}")
