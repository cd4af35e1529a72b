"""Pictures of what the cards of entries say."""

from collections.abc import Iterable
from collections.abc import Mapping
from typing import Any

import numpy as np

from kerassnn.analysis.operations import E_AC
from kerassnn.analysis.plots.drawing import BLUE
from kerassnn.analysis.plots.drawing import RED
from kerassnn.analysis.plots.drawing import axes_of
from kerassnn.analysis.plots.drawing import step_axis


def accuracy_by_timesteps(cards: Iterable[Mapping[str, Any]]) -> Any:
    """Test accuracy of entries against the number of timesteps.

    The T at which an entry was trained has the large mark. Entries without
    time are left out.

    Args:
        cards: Cards, of `kerassnn.zoo.card`.

    Returns:
        `matplotlib.figure.Figure`.

    Raises:
        ValueError: if no card has accuracies at several T, or Matplotlib is
            missing.
    """
    cards = [card for card in cards if card["accuracy_by_timesteps"]]
    if not cards:
        raise ValueError(
            "expected a card with accuracy_by_timesteps, received: none"
        )
    figure, axes = axes_of(6, 4)
    most = 1
    for card in cards:
        points = card["accuracy_by_timesteps"].items()
        steps, found = zip(*sorted((int(t), a) for t, a in points), strict=True)
        percent = [100 * a for a in found]
        (line,) = axes.plot(steps, percent, ".-", label=card["name"])
        if card["timesteps"] in steps:
            at = steps.index(card["timesteps"])
            axes.plot(steps[at], percent[at], "o", color=line.get_color())
        most = max(most, *steps)
    axes.set_xlabel("timesteps T")
    axes.set_ylabel("test accuracy (%)")
    step_axis(axes, most)
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8)
    return figure


def energy(cards: Iterable[Mapping[str, Any]]) -> Any:
    """Energy of an inference of each entry, ANNs beside SNNs.

    The estimate of `kerassnn.analysis.energy`, as the cards have it: parts
    for synaptic operations and for multiplications.

    Args:
        cards: Cards, of `kerassnn.zoo.card`.

    Returns:
        `matplotlib.figure.Figure`.

    Raises:
        ValueError: if there is no card, or Matplotlib is missing.
    """
    cards = [*cards][::-1]
    if not cards:
        raise ValueError("expected at least one card, received: none")
    names = [f"{card['name']} ({_kind(card)})" for card in cards]
    whole = np.array([c["energy"]["picojoules"] for c in cards]) / 1e6
    events = np.array([E_AC * c["energy"]["sops"] for c in cards]) / 1e6
    figure, axes = axes_of(7, 1.4 + 0.35 * len(cards))
    rows = range(len(cards))
    axes.barh(rows, events, color=BLUE, label="synaptic operations")
    axes.barh(rows, whole - events, left=events, color=RED, label="MACs")
    axes.bar_label(
        axes.containers[-1], [f"{e:.3g}" for e in whole], padding=3, fontsize=8
    )
    axes.set_yticks(rows, names)
    axes.margins(x=0.12)
    axes.set_xlabel("estimated energy of one inference (µJ)")
    figure.legend(loc="outside upper center", ncols=2)
    return figure


def _kind(card):
    return f"T = {card['timesteps']}" if card["timesteps"] else "ANN"
