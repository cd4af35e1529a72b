"""Entries at URLs."""

import os
import re
import shutil
import sys
import urllib.parse
import uuid

from kerassnn.zoo import transfer
from kerassnn.zoo.lock import alone
from kerassnn.zoo.schema import NAME
from kerassnn.zoo.schema import check
from kerassnn.zoo.schema import parse
from kerassnn.zoo.schema import parse_card
from kerassnn.zoo.store import cached
from kerassnn.zoo.store import is_right
from kerassnn.zoo.store import is_whole
from kerassnn.zoo.store import place
from kerassnn.zoo.store import put_card

# Where the files of published entries are that are too large for the wheel,
# with `{name}` and `{file}` in it. None: there is no such place yet.
URL = None
INDEX = "index.json"
ODD = re.compile(r"[^!-~]|[?#@\\{}]")  # what a user's URL does not have
SMALL = 1_000_000  # bytes of a card or an index, at most
PER_PARAMETER = 8  # bytes
BESIDES = 100_000_000  # bytes of an entry besides its parameters
LARGEST = 4_000_000_000  # bytes of an entry, whatever its card says


def check_url(url):
    """Raises ValueError unless `url` can be a folder of entries."""
    try:
        parts = urllib.parse.urlsplit(url)
        good = parts.scheme in ("http", "https") and parts.hostname
        good = good and parts.port != 0  # ValueError if it is no number
    except ValueError:
        good = False
    if not good or ODD.search(url):
        raise ValueError(
            "expected KERASSNN_ZOO to name folders, or URLs such as "
            "'https://host/folder' without user and query, received: "
            f"{url!r}, which is not supported"
        )


def template(url):
    """The template of the files below a user's URL."""
    return url.rstrip("/") + "/{name}/{file}"


def offline():
    """Whether `$KERASSNN_OFFLINE` forbids the network."""
    return os.environ.get("KERASSNN_OFFLINE", "") not in ("", "0")


def names(url):
    """Names of the entries at a user's URL, and of those in its cache.

    Raises:
        ConnectionError, ValueError: if its index cannot be had or is none.
    """
    here = cached(template(url), "*")
    if offline():
        return {folder.name for folder, _ in here}
    found = {folder.name for folder, card in here if is_whole(folder, card)}
    where = f"{url.rstrip('/')}/{INDEX}"
    try:
        text = transfer.read(where, SMALL)
    except transfer.Missing:
        return found
    listed = parse(text, where)
    check([NAME], listed, where)
    return found.union(listed)


def find(url, name):
    """The folder in the cache of an entry at a user's URL.

    A whole entry is taken as it is, with no look at the network. Otherwise
    its card is fetched; the other files are when they are needed.

    Args:
        url: String, one of `$KERASSNN_ZOO`.
        name: String, the entry's name.

    Returns:
        Path, or `None` if the entry is not there.
    """
    source = template(url)
    here = cached(source, name)
    for folder, card in here:
        if is_whole(folder, card):
            return folder
    if offline():
        return here[0][0] if here else None
    where = _address(source, name, "card.json")
    try:
        text = transfer.read(where, SMALL)
    except transfer.Missing:
        return None
    parse_card(text, name, where)
    folder = place(source, name, transfer.sha256_of(text))
    put_card(folder, text)
    return folder


def complete(folder, card, names, urls):
    """A folder with the named files of an entry, downloaded if need be.

    Args:
        folder: Path of the entry, which holds its card.
        card: The card.
        names: File names.
        urls: Strings, the user's, in order; `URL` is tried after them.

    Returns:
        Path: `folder` itself, or one in the cache.

    Raises:
        ValueError: if the files are nowhere, or are not those of the card.
        ConnectionError: if a server does not answer.
    """
    sources = [template(url) for url in urls] + [URL] * (URL is not None)
    digest = transfer.sha256(folder / "card.json")
    places = [place(source, folder.name, digest) for source in sources]
    here = all((folder / name).is_file() for name in names)
    if here and folder not in places:
        return folder  # the user's own, which is never mended
    for target in places:
        if all(is_right(target / name, card) for name in names):
            return target
    for source, target in zip(sources, places, strict=True):
        if not offline():
            try:
                return _fetch(source, folder, target, card)
            except transfer.Missing:
                pass
    raise ValueError(_nowhere(folder, card, names, sources))


def _fetch(source, folder, target, card):
    """Puts all files of an entry whose card is in `folder` into `target`."""
    put_card(target, (folder / "card.json").read_bytes())
    room = min(PER_PARAMETER * card["parameters"] + BESIDES, LARGEST)
    with alone(target) as single:
        for file, digest in card["sha256"].items():
            path = target / file
            if is_right(path, card):
                continue
            mine = "" if single else f".{uuid.uuid4().hex}"
            part = target / f".{file}{mine}.part"
            if is_right(folder / file, card):
                shutil.copyfile(folder / file, part)
                os.replace(part, path)
                continue
            url = _address(source, card["name"], file)
            text = f"downloading {url} into {target}"
            print(text, file=sys.stderr, flush=True)
            transfer.download(url, path, part, digest, room)
            room -= path.stat().st_size
    return target


def _address(source, name, file):
    return source.replace("{name}", name).replace("{file}", file)


def _nowhere(folder, card, names, sources):
    lacking = [name for name in names if not is_right(folder / name, card)]
    if offline():
        why = "KERASSNN_OFFLINE is set, so nothing is downloaded"
    elif sources:
        why = f"nor is it at {', '.join(sources)}"
    else:
        why = "and no URL of it is known: it is not published yet"
    return (
        f"expected {names} inside {folder}, received: no such file, or a "
        f"damaged one, as {lacking}; {why}. KERASSNN_ZOO can name a folder or "
        "a URL that has the entry"
    )
