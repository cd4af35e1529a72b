"""The page of one entry."""

import math
from collections.abc import Collection
from typing import Any

from kerassnn.papers import ABSTRACT_ONLY
from kerassnn.publishing import markdown
from kerassnn.publishing.page import facts
from kerassnn.publishing.pages.charts import Series
from kerassnn.publishing.pages.charts import chart
from kerassnn.publishing.pages.markup import Markup
from kerassnn.publishing.pages.markup import element
from kerassnn.publishing.pages.markup import table
from kerassnn.publishing.pages.overview import by_timesteps
from kerassnn.publishing.pages.page_frame import page
from kerassnn.publishing.pages.page_frame import section
from kerassnn.zoo.cards import OWN_RECIPE
from kerassnn.zoo.cards import command_of
from kerassnn.zoo.cards import has_own_recipe
from kerassnn.zoo.cards import teachers_of

CURVES = ("accuracy", "loss")
MOST = 1e9  # of a loss that is drawn
POINTS = 300  # of a curve


def entry_page(card: dict, history: list[dict], names: Collection[str]) -> str:
    """The text of the page.

    Args:
        card: A card.
        history: Rows of its `history.csv`.
        names: Names of the entries that have a page.
    """
    name = card["name"]
    load = f'model = kerassnn.zoo.load("{name}", preprocess=True)'
    content = [
        element("h1", name),
        element("pre", element("code", load)),
        table(_facts(card, names)),
        _steps(card),
        _curves(history),
        _energy(card),
        _origin(card),
        _files(card),
    ]
    return page(name, content, root="../")


def _facts(card, names):
    for key, value in facts(card):
        if key == "Teacher" and value in names:
            value = element("a", value, href=f"{value}.html")
        yield key, value
    if card["method"] in ABSTRACT_ONLY:
        yield "Form of the method", "known from its paper's abstract alone"


def _steps(card) -> Markup | str:
    points = by_timesteps(card)
    if not points:
        return ""
    drawn = Series(card["name"], points, marked=card["timesteps"])
    row = ["Accuracy, %", *(f"{found:.2f}" for _, found in points)]
    return section(
        "Accuracy at other numbers of timesteps",
        table([row], ["T", *(t for t, _ in points)]),
        chart([drawn], "timesteps T", "test accuracy, %"),
    )


def _curves(history) -> Markup | str:
    charts = []
    for key in CURVES:
        points = [
            (row["epoch"], row[key])
            for row in history
            if _number(row.get("epoch")) and _number(row.get(key))
        ]
        points = points[:: 1 + len(points) // POINTS]
        if points:
            label = f"training {key}"
            charts.append(chart([Series(key, points)], "epoch", label))
    if not charts:
        return ""
    return section("Training", element("div", *charts, class_="charts"))


def _energy(card):
    energy, rates = card["energy"], card["firing_rates"]
    rows = [
        ("An image", f"{markdown.nanojoules(card)} nJ"),
        ("Synaptic operations", f"{energy['sops']:,.0f}"),
        ("Multiplications", f"{energy['macs']:,.0f}"),
        ("Assumptions", energy["assumptions"]),
    ]
    content = [table(rows)]
    if rates:
        lines = [(key, f"{rate:.4f}") for key, rate in sorted(rates.items())]
        content.append(table(lines, ("Layer", "Firing rate")))
    return section("Energy", *content)


def _origin(card):
    recipe, training, backend = (
        card["recipe"],
        card["training"],
        card["backend"],
    )
    rows = [
        ("Command", element("code", command_of(card))),
        ("Recipe", OWN_RECIPE if has_own_recipe(card) else recipe["path"]),
        ("Commit", recipe["commit"] or "unknown"),
        ("Epochs", training["epochs"]),
        ("Time", f"{training['seconds']:,.0f} s on {training['hardware']}"),
        ("Backend", f"{backend['name']} {backend['version']}"),
        ("Keras", backend["keras"]),
        ("kerassnn", backend["kerassnn"]),
        ("Differs from the paper", card["differences"] or "not stated"),
        ("References", ", ".join(f"arXiv {i}" for i in card["references"])),
        ("Licence", card["licence"]),
    ]
    return section("How it was made", table(rows))


def _files(card):
    digests = {
        **card["sha256"],
        card["recipe"]["path"]: card["recipe"]["sha256"],
    }
    for teacher in teachers_of(card):
        digests[f"weights of {teacher['name']}"] = teacher["sha256"]
    rows = [(key, element("code", value)) for key, value in digests.items()]
    return section("SHA-256", table(rows))


def _number(value: Any) -> bool:
    if type(value) not in (int, float):
        return False
    return math.isfinite(value) and abs(value) < MOST
