"""The page of all entries: filters, a table, charts for each data set."""

from collections.abc import Sequence

from kerassnn.publishing import markdown
from kerassnn.publishing.pages.charts import COLOURS
from kerassnn.publishing.pages.charts import Series
from kerassnn.publishing.pages.charts import chart
from kerassnn.publishing.pages.markup import Markup
from kerassnn.publishing.pages.markup import element
from kerassnn.publishing.pages.markup import joined
from kerassnn.publishing.pages.page_frame import page
from kerassnn.publishing.pages.page_frame import section
from kerassnn.zoo.cards import teacher_names

FILTERS = {
    "dataset": "Data set",
    "method": "Method",
    "timesteps": "T",
    "kind": "Kind",
}
COLUMNS = (
    "Entry",
    "Data set",
    "Method",
    "T",
    "Accuracy, %",
    "Without teacher, %",
    "Teacher",
    "nJ an image",
    "Parameters",
)
TEXT = (0, 1, 2, 6)
NEGLIGIBLE = 1e-9  # nJ, which no logarithmic axis shows
ABOUT = (
    "Test accuracy, mean ± standard deviation over the seeds. Energy is an "
    "estimate for 45 nm chips that each entry's page explains. In the charts "
    "discs are spiking networks and squares ANNs; the large mark of a line is "
    "the T of the training."
)


def overview(cards: Sequence[dict]) -> str:
    """The text of the page.

    Args:
        cards: Cards, of `kerassnn.zoo.card`, best first for each data set.
    """
    datasets = dict.fromkeys(card["dataset"] for card in cards)
    content = [
        element("h1", "Trained spiking networks, and their teachers"),
        element("p", ABOUT),
        _filters(cards),
        _table(cards),
        *(
            _charts(d, [c for c in cards if c["dataset"] == d])
            for d in datasets
        ),
    ]
    return page("kerassnn zoo", content)


def properties(card: dict) -> dict[str, str]:
    """What an entry is filtered by."""
    return {
        "dataset": card["dataset"],
        "method": card["method"],
        "timesteps": str(card["timesteps"] or "-"),
        "kind": "SNN" if card["timesteps"] else "ANN",
    }


def _filters(cards):
    fields = [_search()]
    for name, label in FILTERS.items():
        values = {properties(card)[name] for card in cards}
        order = sorted(
            values, key=lambda v: (len(v), v) if v.isdigit() else (0, v)
        )
        options = [("", "all"), *((value, value) for value in order)]
        fields.append(_select(name, label, options))
    sort = [(str(index), column) for index, column in enumerate(COLUMNS)]
    fields.append(_select("sort", "Sort by", [("", "as given"), *sort]))
    return element(
        "form",
        *fields,
        element("output", f"{len(cards)} entries", id="count"),
        element("button", "Show all", type="reset"),
        id="filters",
        hidden=True,  # until the script is there
    )


def _search():
    field = element("input", type="search", name="search", placeholder="name")
    return element("label", "Search", field)


def _select(name, label, options):
    options = [element("option", text, value=value) for value, text in options]
    return element("label", label, element("select", *options, name=name))


def _table(cards):
    heads = [
        element(
            "th",
            element("button", column, type="button", data_column=index),
            scope="col",
        )
        for index, column in enumerate(COLUMNS)
    ]
    return element(
        "table",
        element("thead", element("tr", *heads)),
        element("tbody", *(_row(card, cards) for card in cards)),
        id="entries",
    )


def _row(card, cards):
    names = {other["name"] for other in cards}
    shown, baseline = card["results"], card["results"]["baseline"]
    energy = card["energy"]["picojoules"] / 1000
    cells = [
        (_link(card["name"], names), card["name"]),
        (card["dataset"], card["dataset"]),
        (card["method"], card["method"]),
        (card["timesteps"] or "-", card["timesteps"] or 0),
        (markdown.percent(shown), shown["accuracy_mean"]),
        (
            markdown.percent(baseline),
            baseline["accuracy_mean"] if baseline else -1,
        ),
        _teacher(card, names),
        (f"{energy:,.1f}", energy),
        (f"{card['parameters']:,}", card["parameters"]),
    ]
    cells = [
        element(
            "td" if index else "th",
            text,
            data_label=COLUMNS[index],
            data_value=value,
            class_=None if index in TEXT else "number",
            scope=None if index else "row",
        )
        for index, (text, value) in enumerate(cells)
    ]
    data = {f"data_{key}": value for key, value in properties(card).items()}
    return element("tr", *cells, data_name=card["name"], **data)


def _teacher(card, names):
    teachers = teacher_names(card)
    links = [part for name in teachers for part in (", ", _link(name, names))]
    return joined(links[1:]) or "-", ", ".join(teachers)


def _link(name, names):
    if name not in names:
        return name
    return element("a", name, href=f"entries/{name}.html")


def _charts(dataset, cards) -> Markup:
    """Accuracy of a data set's entries against energy, and against T."""
    energy, steps, legend = [], [], []
    for colour, card in enumerate(cards):
        name, mean = card["name"], 100 * card["results"]["accuracy_mean"]
        joules = card["energy"]["picojoules"] / 1000
        square = card["timesteps"] is None
        label = f"{name}: {mean:.2f} %, {joules:,.1f} nJ"
        more = {"colour": colour, "entry": name}
        if joules > NEGLIGIBLE:
            point = [(joules, mean)]
            energy.append(Series(label, point, square=square, **more))
        points = by_timesteps(card)
        if points:
            marked = card["timesteps"]
            steps.append(Series(name, points, marked=marked, **more))
        legend.append(
            element(
                "li",
                element("a", name, href=f"entries/{name}.html"),
                class_=f"c{colour % COLOURS}",
                data_entry=name,
            )
        )
    charts = []
    if energy:
        across = "nJ an image"
        charts.append(chart(energy, across, "test accuracy, %", log=True))
    if steps:
        charts.append(chart(steps, "timesteps T", "test accuracy, %"))
    figures = element("div", *charts, class_="charts")
    listed = element("ul", *legend, class_="legend")
    return section(dataset, figures, listed, data_dataset=dataset)


def by_timesteps(card: dict) -> list[tuple[int, float]]:
    """Pairs of T and percent, those that a card has."""
    found = card["accuracy_by_timesteps"] or {}
    return [(int(key), 100 * found[key]) for key in sorted(found, key=int)]
