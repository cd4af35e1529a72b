"""BibTeX for what is built on a paper."""

import inspect
import re
from typing import Any

from kerassnn.papers import PAPERS


def cite(method: Any) -> str:
    """BibTeX of the papers that something of this package is built on.

    Args:
        method: A method, neuron, norm or builder, such as
            `distillation.SASTC`; an instance of it; or its name, `"SASTC"`.
            An author list that is not known whole ends in `and others`.

    Returns:
        String, one BibTeX entry for each paper.

    Raises:
        ValueError: if there is nothing of that name, or it names no paper.
    """
    found = _named(method) if isinstance(method, str) else method
    if not inspect.isclass(found) and not inspect.isfunction(found):
        found = type(found)
    document = found.__doc__ if isinstance(found.__doc__, str) else ""
    _, _, text = document.partition("Reference: ")
    text = " ".join(text.split("\n\n")[0].split())
    keys = [key for key in PAPERS if re.search(rf"\b{re.escape(key)}\b", text)]
    if not keys:
        raise ValueError(
            "expected something whose docstring names its paper. "
            f"Received: {method!r}"
        )
    return "\n\n".join(_entry(key) for key in sorted(keys, key=text.index))


def _named(name):
    from kerassnn import distillation
    from kerassnn import layers
    from kerassnn import models

    for room in (distillation, layers, models):
        if name in room.__all__:
            return getattr(room, name)
    raise ValueError(
        "expected the name of a method, a layer or a builder. "
        f"Received: {name!r}"
    )


def _entry(key):
    authors, title, venue, year = PAPERS[key]
    arxiv = key if re.fullmatch(r"\d{4}\.\d{5}|\d{4}\.\d{4}", key) else None
    first = re.split(r"[ ,]", authors or title)[0].lower()
    word = re.sub(r"\W", "", title.split()[0]).lower()
    fields = {
        "author": authors,
        "title": f"{{{title}}}",
        "booktitle": venue,
        "year": year,
        "eprint": arxiv,
        "archivePrefix": arxiv and "arXiv",
    }
    lines = [f"  {k} = {{{v}}}," for k, v in fields.items() if v]
    kind = "inproceedings" if venue else "misc"
    return "\n".join([f"@{kind}{{{first}{year}{word},", *lines, "}"])
