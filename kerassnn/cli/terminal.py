"""Text that any terminal can show, whoever wrote it."""

import re
import sys
from typing import TextIO

# Controls could move the cursor, recolour the screen or reverse the line; a
# card comes from anywhere. Line ends and tabs are ours.
CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069"
    r"\ufeff\ud800-\udfff]"
)
PLAIN = str.maketrans({"±": "+-", "…": "...", "×": "x", "→": "->"})


def say(text: str, file: TextIO | None = None) -> None:
    """Prints text: controls escaped, what the terminal lacks in ASCII."""
    file = sys.stdout if file is None else file
    text = CONTROL.sub(lambda found: ascii(found[0])[1:-1], text)
    encoding = getattr(file, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        plain = text.translate(PLAIN)
        text = plain.encode(encoding, "backslashreplace").decode(encoding)
    print(text, file=file)
