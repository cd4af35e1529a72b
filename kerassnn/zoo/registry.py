"""Where entries are, which there are, and their cards."""

import difflib
import fnmatch
import warnings
from collections.abc import Iterable
from pathlib import Path

from kerassnn import folders
from kerassnn.zoo import hub
from kerassnn.zoo.cards import CARD
from kerassnn.zoo.cards import read_card
from kerassnn.zoo.schema import NAME


def entries(
    pattern: str = "*",
    *,
    dataset: str | None = None,
    method: str | None = None,
    timesteps: int | None = None,
) -> list[str]:
    """Names of the entries that are here or at `$KERASSNN_ZOO`, sorted.

    Args:
        pattern: String, matched against the whole name, with `*` and `?`.
        dataset: String or `None` for any.
        method: String or `None` for any: the method's class name or its
            name inside the entry's, `"SASTC"` or `"sastc"`; case is ignored.
        timesteps: Int or `None` for any.

    Returns:
        List of strings.

    Raises:
        ValueError: if `$KERASSNN_ZOO` names what is no folder and no
            repository.
        ConnectionError: if the Hub does not answer.

    Example:
        >>> "resnet8_ann_digits" in entries("*_ann_*")
        True
    """
    if dataset is method is timesteps is None:
        return fnmatch.filter(_names(), pattern)
    return [
        found["name"] for found in cards(pattern, dataset, method, timesteps)
    ]


def cards(
    pattern: str = "*",
    dataset: str | None = None,
    method: str | None = None,
    timesteps: int | None = None,
) -> list[dict]:
    """As `entries`, their cards; a warning names each that cannot be read."""
    found = []
    for name in fnmatch.filter(_names(), pattern):
        try:
            found.append(card(name))
        # Whatever is wrong with one entry, the others are still there.
        except Exception as error:
            reason = " ".join(str(error).split())
            warnings.warn(f"{name} is left out: {reason}", stacklevel=3)
    return [c for c in found if _matches(c, dataset, method, timesteps)]


def card(name: str) -> dict:
    """The card of an entry.

    Args:
        name: String, an entry's name, or `hf://owner/repo/entry`.

    Returns:
        Dict with the keys of `kerassnn.zoo.schema.CARD`.

    Raises:
        ValueError: if there is no such entry, or its card has a missing, an
            unknown or a wrong key.
        ConnectionError: if the Hub does not answer.
    """
    return read_card(find(name))


def find(name: str, files: Iterable[str] | None = ()) -> Path:
    """The folder of an entry, which holds its card.

    Args:
        name: String, as for `card`.
        files: Names of further files which an entry at the Hub must have
            here too, as far as its card lists them; `None` for all of them.

    Raises:
        ValueError: if there is no such entry; with the nearest names.
    """
    if isinstance(name, str) and name.startswith(folders.HUB):
        return hub.fetch(*hub.split(name), files)
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise ValueError(
            "expected an entry name such as 'resnet8_sastc_digits', or "
            f"'{folders.HUB}owner/repo/entry', received: name={name!r}"
        )
    for place in places():
        if isinstance(place, str):
            if name in hub.names(place):
                return hub.fetch(place, name, files)
        elif (place / name / CARD).is_file():
            return place / name
    raise ValueError(_unknown(name))


def places() -> list[Path | str]:
    """Folders and repositories of entries, as they are searched.

    Those of `$KERASSNN_ZOO`; a checkout's `zoo/`; the `share/kerassnn/zoo` of
    the installed distribution.

    Returns:
        List of paths, and of strings `hf://owner/repo`.
    """
    found = [*folders.zoo_places(), *folders.shipped("zoo")]
    return [*dict.fromkeys(found)]


def _names(strict=True):
    """All names; with `strict=False` of the places that can be asked."""
    found = set()
    for place in places():
        try:
            found |= _names_at(place)
        except (OSError, ValueError):
            if strict:
                raise
    return sorted(name for name in found if NAME.fullmatch(name))


def _names_at(place):
    if isinstance(place, str):
        return hub.names(place)
    return {path.parent.name for path in place.glob(f"*/{CARD}")}


def _matches(found, dataset, method, timesteps):
    short = found["name"].removesuffix(f"_{found['dataset']}").split("_")[-1]
    methods = {found["method"].lower(), short}
    return (
        dataset in (None, found["dataset"])
        and (method is None or method.lower() in methods)
        and timesteps in (None, found["timesteps"])
    )


def _unknown(name):
    names, searched = _names(strict=False), places()
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.0)
    message = f"expected one of the zoo's entries, received: name={name!r}; "
    roots = [place.parent for place in searched if isinstance(place, Path)]
    recipe, dataset = _recipe(name, roots)
    if recipe is not None:
        here = [n for n in names if n.endswith(f"_{dataset}")]
        message += (
            f"{recipe.as_posix()} trains it, but its weights are not published "
            f"yet. Published for {dataset}: {', '.join(here) or 'nothing'}"
        )
    else:
        message += f"the nearest are {', '.join(near) or 'none'}"
    if len(roots) < len(searched):
        message += f". Searched: {', '.join(map(str, searched))}"
        if folders.offline():
            message += ", without the network: KERASSNN_OFFLINE is set"
    return message


def _recipe(name, roots):
    """Path of the recipe that trains such an entry, and its data set.

    A pair of `None` if there is none, or its text does not name the data
    set. Both a checkout and an installation keep recipes beside the zoo.
    """
    from kerassnn.data import NAMES  # not needed to read cards

    words = name.split("_")
    for i in range(1, len(words)):
        path = Path("recipes", "_".join(words[:i]) + ".py")
        dataset = "_".join(words[i:])
        for file in (root / path for root in roots):
            # Read, and not run: it may be anyone's.
            if dataset in NAMES and file.is_file():
                text = file.read_text("utf-8", errors="replace")
                if f'"{dataset}"' in text:
                    return path, dataset
    return None, None
