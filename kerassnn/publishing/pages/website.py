"""Writes the pages of the zoo."""

import importlib.resources
import warnings
from collections.abc import Sequence
from pathlib import Path

from kerassnn.files import read_rows
from kerassnn.files import write_text
from kerassnn.publishing.pages.entry_page import entry_page
from kerassnn.publishing.pages.overview import overview
from kerassnn.publishing.pages.page_frame import GENERATOR
from kerassnn.zoo.cards import check_digests
from kerassnn.zoo.registry import cards
from kerassnn.zoo.registry import find

HISTORY = "history.csv"
SHARED = ("style.css", "script.js")


def site(folder: str | Path, pattern: str = "*") -> Path:
    """Writes static pages of the zoo: a table to filter, a page an entry.

    The pages need no server and ask none: open `index.html`. Whatever a card
    says is shown as text. Pages of entries that are no longer there, from an
    earlier call, are removed. An entry that cannot be read is left out, and
    a curve whose file is not the published one, with a warning.

    Args:
        folder: Path, made if there is none.
        pattern: String, the names of the entries, with `*` and `?`.

    Returns:
        Path of `index.html`.

    Raises:
        ValueError: if there is no such entry.
    """
    shown = sorted(cards(pattern), key=_order)
    if not shown:
        raise ValueError(
            f"expected entries to show, received: pattern={pattern!r}, which "
            "none has"
        )
    folder = Path(folder)
    entries = folder / "entries"
    entries.mkdir(parents=True, exist_ok=True)
    names = {card["name"] for card in shown}
    _remove_old(entries, names)
    for card in shown:
        text = entry_page(card, _history(card), names)
        write_text(entries / f"{card['name']}.html", text)
    here = importlib.resources.files("kerassnn.publishing.pages")
    for name in SHARED:
        write_text(folder / name, (here / name).read_text(encoding="utf-8"))
    write_text(folder / "index.html", overview(shown))
    return folder / "index.html"


def _order(card: dict) -> tuple:
    return card["dataset"], -card["results"]["accuracy_mean"], card["name"]


def _remove_old(entries: Path, names: set[str]) -> None:
    for path in entries.glob("*.html"):
        ours = GENERATOR in path.read_text(encoding="utf-8", errors="replace")
        if path.stem not in names and ours:
            path.unlink()


def _history(card: dict) -> Sequence[dict]:
    name = card["name"]
    try:
        place = find(name, [HISTORY])
        check_digests(place, card, [HISTORY])
        return read_rows(place / HISTORY)
    except (OSError, ValueError) as error:
        warnings.warn(f"{name} has no curve: {error}", stacklevel=3)
        return []
