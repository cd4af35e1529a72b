"""An entry's card, and the files that it vouches for."""

import re
from pathlib import Path

from kerassnn.files import sha256
from kerassnn.zoo.schema import FILE
from kerassnn.zoo.schema import parse_card

CARD = "card.json"
OWN_RECIPE = "recipe.py"  # of an entry whose recipe is not in kerassnn
TRAINS = re.compile(r"kerassnn train \S+")
LARGEST = 1_000_000  # bytes of a card, at most


def read_card(folder):
    """The checked card of an entry's folder.

    Raises:
        ValueError: if it is not there, or is no card of this entry.
    """
    folder = Path(folder)
    path = inside(folder, CARD)
    where = f"{folder.name}/{CARD}"
    try:
        with open(path, "rb") as file:
            text = file.read(LARGEST + 1)
    except OSError as error:
        raise ValueError(f"{where}: cannot be read: {error}") from None
    if len(text) > LARGEST:
        raise ValueError(
            f"{where}: expected at most {LARGEST} bytes, received: more"
        )
    return parse_card(text, folder.name, where)


def teachers_of(card):
    """What a card says of the entries that taught: a list, maybe empty.

    Args:
        card: Dict, whose `teacher` is `None`, a dict of `name` and `sha256`,
            or a list of two such dicts or more.
    """
    found = card["teacher"] or []
    return found if isinstance(found, list) else [found]


def teacher_names(card: dict) -> list[str]:
    """Names of the entries that taught an entry: a list, maybe empty."""
    return [teacher["name"] for teacher in teachers_of(card)]


def has_own_recipe(card: dict) -> bool:
    """Whether an entry's folder has its recipe, which nothing here runs."""
    return OWN_RECIPE in card["sha256"]


def command_of(card: dict) -> str:
    """The command that trains an entry; of its own recipe, in its folder."""
    command = card["recipe"]["command"]
    if not has_own_recipe(card):
        return command
    return TRAINS.sub(f"kerassnn train {OWN_RECIPE}", command, count=1)


def inside(folder, name):
    """Path of an entry's file.

    A link is followed: package managers and caches put links to a store
    where the files would be. What is behind it is what the card's digest
    says, or is refused; `card.json` has to be a card.

    Args:
        folder: Path of the entry.
        name: String, a plain file name.

    Raises:
        ValueError: if it is no plain name, or no such file is there.
    """
    folder = Path(folder)
    if not FILE.fullmatch(name):
        raise ValueError(
            f"expected the plain name of a file inside {folder.name}/, "
            f"received: {name!r}"
        )
    path = folder / name
    if not path.is_file():  # a link to a device is none
        raise ValueError(
            f"expected the file {name!r} inside {folder.name}/, received: "
            "no such file"
        )
    return path


def check_digests(folder, card, names=None):
    """Raises ValueError unless the files are those the card was made of.

    Args:
        folder: Path of the entry.
        card: Its card.
        names: File names, or `None` for all that the card lists.
    """
    for name in card["sha256"] if names is None else names:
        expected = card["sha256"][name]
        received = sha256(inside(folder, name))
        if received != expected:
            raise ValueError(
                f"{folder.name}/{name} is not the file that was published: "
                f"expected sha256={expected}, received: sha256={received}"
            )
