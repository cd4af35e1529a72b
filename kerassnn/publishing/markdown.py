"""Markdown of accuracies, percents and tables."""

from collections.abc import Iterable
from collections.abc import Sequence
from typing import Any


def table(columns: Sequence[Any], rows: Iterable[Sequence[Any]]) -> str:
    """A table, each line ended."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "".join("| " + " | ".join(map(str, row)) + " |\n" for row in lines)


def percent(found: dict | None) -> str:
    """Mean and deviation of a card's `results`, or of its baseline."""
    if found is None:
        return "-"
    mean, std = found["accuracy_mean"], found["accuracy_std"]
    return spread(mean, std, len(found["accuracies"]))


def spread(mean: float, std: float, seeds: int) -> str:
    """Percent; one seed has no deviation to show."""
    shown = f"{100 * mean:.2f}"
    return shown if seeds == 1 else f"{shown} ± {100 * std:.2f}"


def paper(card: dict) -> str:
    """The accuracy that the paper reports, and how it is known."""
    found = card["results"]["paper"]
    if found is None:
        return "-"
    return f"{100 * found['value']:.2f} [{found['tag']}]"


def nanojoules(card: dict) -> str:
    """The energy of an image."""
    return f"{card['energy']['picojoules'] / 1000:.1f}"
