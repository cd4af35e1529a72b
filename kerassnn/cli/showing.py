"""Cards as text for a terminal."""

from collections.abc import Iterable
from collections.abc import Sequence

from kerassnn.papers import ABSTRACT_ONLY
from kerassnn.publishing.page import facts
from kerassnn.zoo.cards import command_of
from kerassnn.zoo.cards import teacher_names

COLUMNS = (
    "NAME",
    "DATASET",
    "METHOD",
    "T",
    "ACCURACY",
    "PARAMETERS",
    "TEACHER",
)


def listing(cards: Sequence[dict]) -> str:
    """One line for each card, under a line of headings."""
    return aligned([COLUMNS, *map(_row, cards)])


def entry(card: dict) -> str:
    """All that a reader wants to know of an entry, one fact a line."""
    rows = [*facts(card), *_measured(card), *_origin(card)]
    return "\n".join([card["name"], aligned([("", *row) for row in rows])])


def aligned(rows: Iterable[Sequence]) -> str:
    """Rows of cells as lines of text, each column as wide as its widest."""
    rows = [list(map(str, row)) for row in rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(map(str.ljust, row, widths)).rstrip() for row in rows
    )


def _row(card):
    results = card["results"]
    return (
        card["name"],
        card["dataset"],
        card["method"],
        card["timesteps"] or "-",
        f"{100 * results['accuracy']:.2f} %",
        card["parameters"],
        ", ".join(teacher_names(card)) or "-",
    )


def _measured(card):
    energy, steps = card["energy"], card["accuracy_by_timesteps"]
    rates = card["firing_rates"]
    if steps is not None:
        each = [f"{t}: {100 * steps[t]:.2f}" for t in sorted(steps, key=int)]
        yield "Accuracy at T", ", ".join(each)
    if rates:
        low, high = min(rates.values()), max(rates.values())
        yield "Firing rates", f"{low:.3f} to {high:.3f}, {len(rates)} layers"
    yield (
        "Energy an image",
        f"{energy['picojoules'] / 1000:.1f} nJ: {energy['sops']:.0f} SOPs, "
        f"{energy['macs']:.0f} MACs",
    )


def _origin(card):
    training, backend = card["training"], card["backend"]
    yield "Trained by", command_of(card)
    yield (
        "Training",
        f"{training['epochs']} epochs, {training['seconds']:.0f} s on "
        f"{training['hardware']}, {backend['name']} {backend['version']}",
    )
    if card["method"] in ABSTRACT_ONLY:
        yield "Form of the method", "known from its paper's abstract alone"
    yield "Differs from the paper", card["differences"] or "not stated"
    references = [f"arXiv {i}" for i in card["references"]]
    yield "References", ", ".join(references) or "none"
    yield "Licence", card["licence"]
    yield "Load it by", f'kerassnn.zoo.load("{card["name"]}")'
