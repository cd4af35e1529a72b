"""The keys of a card, and the check that every card passes."""

import json
import math
import re

NAME = re.compile(r"[a-z0-9]+(_[a-z0-9]+)+")
FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
DIGEST = re.compile(r"[0-9a-f]{64}")
ARXIV = re.compile(r"\d{4}\.\d{4,5}")
RECIPE = re.compile(r"recipes/[a-z0-9_]+\.py")
FILES = ("history.csv", "model.weights.h5", "probe.npz")
VERSION = 1

# A spec is a type, a compiled pattern, a dict of exactly these keys, a list
# of one spec, a one-entry dict {pattern: spec} of free keys, or a tuple
# (spec, None) for what may be null. `float` takes any finite number.
ACCURACIES = {
    "accuracy_mean": float,
    "accuracy_std": float,
    "accuracies": [float],
}
CARD = {
    "card_version": int,
    "name": NAME,
    "builder": {"name": str, "arguments": dict},
    "dataset": str,
    "preprocessing": {
        "mean": [float],
        "std": [float],
        "scale": float,
        "layout": str,
    },
    "timesteps": (int, None),
    "parameters": int,
    "method": str,
    "method_arguments": dict,
    "results": {
        **ACCURACIES,
        "accuracy": float,
        "seeds": int,
        "selection": str,
        "baseline": ({**ACCURACIES, "recipe": RECIPE}, None),
        "paper": ({"value": float, "tag": str, "source": str}, None),
    },
    "accuracy_by_timesteps": ({re.compile(r"[1-9]\d*"): float}, None),
    "firing_rates": ({re.compile(r".+"): float}, None),
    "energy": {
        "sops": float,
        "macs": float,
        "picojoules": float,
        "assumptions": str,
    },
    "teacher": ({"name": NAME, "sha256": DIGEST}, None),
    "recipe": {
        "path": RECIPE,
        "commit": (str, None),
        "command": str,
        "sha256": DIGEST,
    },
    "backend": {
        "name": str,
        "version": str,
        "keras": str,
        "kerassnn": str,
    },
    "training": {"hardware": str, "seconds": float, "epochs": int},
    "sha256": {FILE: DIGEST},
    "licence": str,
    "references": [ARXIV],
    "differences": str,
}


def parse_card(text, name, where):
    """The checked card of an entry.

    Args:
        text: String or bytes, JSON.
        name: String, the entry's name.
        where: String or path, names the card in messages.

    Returns:
        Dict with the keys of `CARD`.

    Raises:
        ValueError: if it is no card, or that of another entry.
    """
    card = parse(text, where)
    check_card(card, where)
    if card["name"] != name:
        raise ValueError(
            f"{where}: expected name={name!r}, the folder's, "
            f"received: name={card['name']!r}"
        )
    return card


def parse(text, where):
    """What JSON says; ValueError if it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{where}: expected JSON, received: {error}") from None


def check_card(card, where="card"):
    """Raises ValueError unless `card` is a card: no key missing or extra.

    Args:
        card: What `card.json` held.
        where: String, names the card in the message.
    """
    check(CARD, card, where)
    _check_consistent(card, where)


def check(spec, value, where):
    """Raises ValueError unless `value` is as `spec` says."""
    if isinstance(spec, tuple):
        if value is not None:
            check(spec[0], value, where)
    elif isinstance(spec, re.Pattern):
        if not isinstance(value, str) or not spec.fullmatch(value):
            _fail(where, f"a string like {spec.pattern!r}", value)
    elif isinstance(spec, list):
        _check_type(list, value, where)
        for index, item in enumerate(value):
            check(spec[0], item, f"{where}[{index}]")
    elif isinstance(spec, dict):
        _check_dict(spec, value, where)
    else:
        _check_type(spec, value, where)


def _check_dict(spec, value, where):
    _check_type(dict, value, where)
    key = next(iter(spec))
    if isinstance(key, re.Pattern):
        for name, item in value.items():
            check(key, name, f"{where} key")
            check(spec[key], item, f"{where}[{name!r}]")
        return
    missing = sorted(set(spec) - set(value))
    unknown = sorted(set(value) - set(spec))
    if missing or unknown:
        raise ValueError(
            f"{where}: expected the keys {sorted(spec)}, "
            f"received: missing={missing}, unknown={unknown}"
        )
    for name, item in spec.items():
        check(item, value[name], f"{where}.{name}")


def _check_type(kind, value, where):
    if kind is float:
        good = type(value) in (int, float) and math.isfinite(value)
    else:
        good = type(value) is kind
    if not good:
        _fail(where, kind.__name__, value)


def _check_consistent(card, where):
    """What the parts of a card say about one another."""
    results, timesteps = card["results"], card["timesteps"]
    if card["card_version"] != VERSION:
        _fail(f"{where}.card_version", VERSION, card["card_version"])
    if len(results["accuracies"]) != results["seeds"]:
        _fail(
            f"{where}.results.seeds",
            f"{len(results['accuracies'])}, the number of accuracies",
            results["seeds"],
        )
    shares = [results["accuracy"], *results["accuracies"]]
    shares += (card["accuracy_by_timesteps"] or {}).values()
    shares += (card["firing_rates"] or {}).values()
    for share in shares:
        if not 0 <= share <= 1:
            _fail(where, "accuracies and rates in [0, 1]", share)
    for key in ("accuracy_by_timesteps", "firing_rates"):
        if (card[key] is None) != (timesteps is None):
            _fail(
                f"{where}.{key}",
                f"null exactly where timesteps={timesteps} is",
                card[key],
            )
    missing = sorted(set(FILES) - set(card["sha256"]))
    if missing:
        _fail(f"{where}.sha256", f"digests of {list(FILES)}", missing)


def _fail(where, expected, value):
    raise ValueError(f"{where}: expected {expected}, received: {value!r}")
