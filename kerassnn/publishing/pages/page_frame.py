"""What every page has around its content."""

from collections.abc import Iterable
from typing import Any

from kerassnn.publishing.pages.markup import Markup
from kerassnn.publishing.pages.markup import element
from kerassnn.publishing.pages.markup import joined
from kerassnn.version import __version__

GENERATOR = "kerassnn site"
# Even if a card's text became markup, it could load and run nothing.
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)


def page(title: str, content: Iterable[Any], root: str = "") -> str:
    """The text of a page.

    Args:
        title: String.
        content: Parts of its main element.
        root: String, the way from the page to the site's folder.
    """
    policy = "Content-Security-Policy"
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv=policy, content=POLICY),
        element("meta", name="generator", content=GENERATOR),
        element(
            "meta",
            name="viewport",
            content="width=device-width, initial-scale=1",
        ),
        element("title", title),
        element("link", rel="stylesheet", href=f"{root}style.css"),
        element("script", src=f"{root}script.js", defer=True),
    )
    body = element(
        "body",
        element(
            "header", element("a", "kerassnn zoo", href=f"{root}index.html")
        ),
        element("main", *content),
        element(
            "footer", f"Made of the entries' cards by kerassnn {__version__}."
        ),
    )
    return "<!DOCTYPE html>\n" + element("html", head, body, lang="en") + "\n"


def section(title: str, *content: Any, **attributes: Any) -> Markup:
    """A section under its heading."""
    parts = joined(content)
    return element("section", element("h2", title), parts, **attributes)
