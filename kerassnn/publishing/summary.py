"""The tables of a README.md, written between markers."""

import re
from collections.abc import Iterable
from collections.abc import Mapping

from kerassnn.publishing import markdown
from kerassnn.zoo.cards import teacher_names

KEYS = ("method", "teacher", "abstract_only")  # of a method, not of students
COLUMNS = (
    "SNN",
    "Data set",
    "T",
    "Accuracy",
    "Without teacher",
    "Teacher",
    "nJ an image",
    "Teacher's nJ",
    "Parameters",
)


def best(cards: Mapping[str, dict], folder: str) -> str:
    """The table of the best spiking entry of each network and data set.

    Args:
        cards: Dict, `{name: card}`.
        folder: String, where the entries are, as the README names it.
    """
    found = {}
    for card in sorted(cards.values(), key=_rank):
        if card["timesteps"] is not None:
            found.setdefault(_network(card), card)
    rows = sorted(found.values(), key=lambda c: (c["dataset"], _rank(c)))
    return markdown.table(COLUMNS, [_row(c, cards, folder) for c in rows])


def methods(rows: Iterable[dict]) -> str:
    """The table of the methods and the students that each can train.

    Args:
        rows: What `kerassnn.distillation.compatibility` returns.
    """
    rows = list(rows)
    kinds = [key for key in rows[0] if key not in KEYS]
    cells = [
        (
            f"`{row['method']}`" + (" *" if row["abstract_only"] else ""),
            "yes" if row["teacher"] else "-",
            *("yes" if row[kind] else "-" for kind in kinds),
        )
        for row in rows
    ]
    heads = [kind[:1].upper() + kind[1:] for kind in kinds]
    return markdown.table(("Method", "Needs a teacher", *heads), cells)


def written(text: str, tables: Mapping[str, str]) -> str:
    """A text with its tables written anew.

    Args:
        text: String with lines `<!-- NAME: generated -->`, the place of a
            table, and `<!-- NAME: end -->`.
        tables: Dict, `{NAME: table}`.

    Raises:
        ValueError: if there is no place for one of the tables.
    """
    for name, table in tables.items():
        begin, end = f"<!-- {name}: generated -->", f"<!-- {name}: end -->"
        place = f"({re.escape(begin)}\n).*?({re.escape(end)})"
        text, count = re.subn(
            place,
            lambda found, table=table: f"{found[1]}\n{table}\n{found[2]}",
            text,
            flags=re.DOTALL,
        )
        if count != 1:
            raise ValueError(
                f"expected one pair of the lines {begin!r} and {end!r}, "
                f"received: {count}"
            )
    return text


def _rank(card):
    # Of two that are equal the taught one, which stands beside the other.
    alone = card["teacher"] is None
    return -card["results"]["accuracy_mean"], alone, card["name"]


def _network(card):
    """What two entries share that differ in their training alone."""
    architecture = card["name"].split("_")[0]
    return architecture, card["dataset"], card["timesteps"]


def _row(card, cards, folder):
    shown = card["results"]
    # Of several, no one accuracy or energy is the teacher's.
    names = teacher_names(card)
    teacher = cards.get(names[0]) if len(names) == 1 else None
    return (
        f"[{card['name']}]({folder}/{card['name']}/README.md)",
        card["dataset"],
        card["timesteps"],
        markdown.percent(shown),
        markdown.percent(shown["baseline"]),
        markdown.percent(teacher["results"]) if teacher else "-",
        markdown.nanojoules(card),
        markdown.nanojoules(teacher) if teacher else "-",
        card["parameters"],
    )
