"""HTML in which whatever a card says is text."""

import html
from collections.abc import Iterable
from typing import Any

VOID = {"input", "link", "meta"}  # elements without content


class Markup(str):
    """A string that is HTML already; `element` escapes every other one."""

    __slots__ = ()


def element(name: str, /, *children: Any, **attributes: Any) -> Markup:
    """An element; its text and its attributes are escaped.

    Args:
        name: String, the tag.
        *children: `Markup`, or what is shown as text.
        **attributes: By name, `_` standing for `-`; a last `_` is dropped, for
            names that Python reserves. `None` and `False` leave one out.
    """
    given = "".join(
        _attribute(key, value)
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    if name in VOID:
        return Markup(f"<{name}{given}>")
    return Markup(f"<{name}{given}>{joined(children)}</{name}>")


def joined(parts: Iterable[Any]) -> Markup:
    """Parts one after another, as `element` takes them."""
    return Markup("".join(map(_text, parts)))


def table(
    rows: Iterable[Iterable[Any]], heads: Iterable[Any] | None = None
) -> Markup:
    """A table, the first cell of each row its heading."""
    found = []
    if heads is not None:
        cells = [element("th", head, scope="col") for head in heads]
        found.append(element("thead", element("tr", *cells)))
    lines = []
    for first, *rest in rows:
        cells = [element("td", cell) for cell in rest]
        lines.append(element("tr", element("th", first, scope="row"), *cells))
    found.append(element("tbody", *lines))
    return element("div", element("table", *found), class_="scroll")


def _text(part: Any) -> str:
    return part if isinstance(part, Markup) else html.escape(str(part))


def _attribute(key: str, value: Any) -> str:
    key = key.rstrip("_").replace("_", "-")
    return f" {key}" if value is True else f' {key}="{html.escape(str(value))}"'
