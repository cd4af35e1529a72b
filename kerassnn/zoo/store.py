"""The cache of entries that were downloaded.

It is `zoo/<host>-<URL's digest>/<card's digest>/<entry>/`: two servers, or two
cards of one name, never share a folder, and each is an entry like any other,
which can be copied to where there is no network.
"""

import os
import urllib.parse
import uuid

from kerassnn.data import cache
from kerassnn.zoo.schema import parse_card
from kerassnn.zoo.transfer import sha256
from kerassnn.zoo.transfer import sha256_of


def place(source, name, digest):
    """The folder of an entry.

    Args:
        source: String, the template of its URLs.
        name: String.
        digest: String, SHA-256 of its card.
    """
    return _home(source) / digest[:16] / name


def cached(source, name):
    """Pairs of folder and card of a source's entries, the latest first.

    Args:
        source: String, the template of their URLs.
        name: String, may hold `*`.
    """
    found = []
    for path in _home(source).glob(f"*/{name}/card.json"):
        text = path.read_bytes()
        if not sha256_of(text).startswith(path.parents[1].name):
            continue  # damaged
        try:
            card = parse_card(text, path.parent.name, path)
        except ValueError:  # of another version of kerassnn
            continue
        found.append((path.stat().st_mtime, path.parent, card))
    found.sort(key=lambda item: item[0], reverse=True)
    return [(folder, card) for _, folder, card in found]


def is_whole(folder, card):
    """Whether all files of the card are in a folder of the cache."""
    return all((folder / file).is_file() for file in card["sha256"])


def is_right(path, card):
    """Whether a file is the one that its entry's card means."""
    return path.is_file() and sha256(path) == card["sha256"].get(path.name)


def put_card(folder, text):
    """Writes `card.json`, and its folder if need be.

    Raises:
        ValueError: if the folder cannot be written.
    """
    part = folder / f".card.json.{uuid.uuid4().hex}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part.write_bytes(text)
        os.replace(part, folder / "card.json")
    except OSError as error:
        raise ValueError(
            "expected a folder into which downloads can be written, received: "
            f"{folder} ({error.strerror}); KERASSNN_HOME can name another"
        ) from None


def _home(source):
    host = urllib.parse.urlsplit(source).hostname.replace(":", "-")
    digest = sha256_of(source.encode())
    return cache.folder("zoo") / f"{host}-{digest[:16]}"
