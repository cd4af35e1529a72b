"""Docstrings' examples as code: what Griffe calls `Examples`, we `Example`."""

import re
from typing import Any

import griffe

HEADING = re.compile(r"^(\s*)Example(, [^\n]*)?:$", re.MULTILINE)


class Examples(griffe.Extension):
    """Renames the section before it is parsed."""

    def on_instance(self, *, obj: griffe.Object, **kwargs: Any) -> None:
        if obj.docstring:
            obj.docstring.value = HEADING.sub(
                r"\1Examples:", obj.docstring.value
            )
