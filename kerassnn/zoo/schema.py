"""The keys of a card, and the check that every card passes."""

import json
import math
import re
import unicodedata

from kerassnn.zoo.consistency import check_consistent

NAME = re.compile(r"[a-z0-9]+(_[a-z0-9]+)+")
FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
DATASET = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
DIGEST = re.compile(r"[0-9a-f]{64}")
ARXIV = re.compile(r"\d{4}\.\d{4,5}")
RECIPE = re.compile(r"recipes/[a-z0-9_]+\.py")
FILES = ("history.csv", "model.safetensors", "probe.npz")
VERSION = 2
DEPTH = 32  # of lists and dicts in one another
FILE_BYTES = 16_000_000  # besides the weights
PARAMETER_BYTES = 4
HEADER_BYTES = 1_000_000  # of names and shapes in a weight file

# A spec is a type, a compiled pattern, a dict of exactly these keys, a list
# of one spec, a one-entry dict {pattern: spec} of free keys, or a tuple
# (spec, None) for what may be null, (spec, [spec], None) for what may be a
# list, too. `float` takes any finite number.
ACCURACIES = {
    "accuracy_mean": float,
    "accuracy_std": float,
    "accuracies": [float],
}
TEACHER = {"name": NAME, "sha256": DIGEST}
CARD = {
    "card_version": int,
    "name": NAME,
    "builder": {"name": str, "arguments": dict},
    "dataset": DATASET,
    "classes": ([str], None),
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
    "teacher": (TEACHER, [TEACHER], None),
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


def largest(file, card):
    """How many bytes a file of an entry has at most.

    Args:
        file: String, its name.
        card: The card.
    """
    if file == "model.safetensors":
        return PARAMETER_BYTES * card["parameters"] + HEADER_BYTES
    return FILE_BYTES


def check_card(card, where="card"):
    """Raises ValueError unless `card` is a card: no key missing or extra.

    Args:
        card: What `card.json` held.
        where: String, names the card in the message.
    """
    _check_text(card, where)
    version = card.get("card_version") if type(card) is dict else None
    if type(version) is int and version != VERSION:
        _fail(f"{where}.card_version", VERSION, version)
    check_value(CARD, card, where)
    missing = sorted(set(FILES) - set(card["sha256"]))
    if missing:
        _fail(f"{where}.sha256", f"digests of {list(FILES)}", missing)
    check_consistent(card, where)


def check_value(spec, value, where):
    """Raises ValueError unless `value` is as `spec` says."""
    if isinstance(spec, tuple):
        if value is not None:
            several = isinstance(value, list) and len(spec) > 2
            check_value(spec[several], value, where)
    elif isinstance(spec, re.Pattern):
        if not isinstance(value, str) or not spec.fullmatch(value):
            _fail(where, f"a string like {spec.pattern!r}", value)
    elif isinstance(spec, list):
        _check_type(list, value, where)
        for index, item in enumerate(value):
            check_value(spec[0], item, f"{where}[{index}]")
    elif isinstance(spec, dict):
        _check_dict(spec, value, where)
    else:
        _check_type(spec, value, where)


def _check_dict(spec, value, where):
    _check_type(dict, value, where)
    key = next(iter(spec))
    if isinstance(key, re.Pattern):
        for name, item in value.items():
            check_value(key, name, f"{where} key")
            check_value(spec[key], item, f"{where}[{name!r}]")
        return
    missing = sorted(set(spec) - set(value))
    unknown = sorted(set(value) - set(spec))
    if missing or unknown:
        raise ValueError(
            f"{where}: expected the keys {sorted(spec)}, "
            f"received: missing={missing}, unknown={unknown}"
        )
    for name, item in spec.items():
        check_value(item, value[name], f"{where}.{name}")


def _check_type(kind, value, where):
    if kind is float:
        good = type(value) in (int, float) and _finite(value)
    else:
        good = type(value) is kind
    if not good:
        _fail(where, kind.__name__, value)


def _finite(value):
    try:
        return math.isfinite(value)
    except OverflowError:  # an int that no float can hold
        return False


def _check_text(value, where, depth=0):
    """Refuses what a terminal would obey, and what nests without end."""
    if depth > DEPTH:
        _fail(where, f"at most {DEPTH} levels", "more")
    if isinstance(value, str):
        if any(_is_control(character) for character in value):
            _fail(where, "text without control characters", value)
    elif isinstance(value, (list, dict)):
        for item in value:
            _check_text(item, where, depth + 1)
        if isinstance(value, dict):
            for item in value.values():
                _check_text(item, where, depth + 1)


def _is_control(character):
    kind = unicodedata.category(character)
    return kind[0] == "C" or kind in ("Zl", "Zp")


def _fail(where, expected, value):
    shown = repr(value)
    shown = shown if len(shown) <= 200 else f"{shown[:200]}..."
    raise ValueError(f"{where}: expected {expected}, received: {shown}")
