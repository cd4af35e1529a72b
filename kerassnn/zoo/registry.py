"""Where entries are, which there are, and their cards."""

import difflib
import fnmatch
import importlib.metadata
import os
import re
import sysconfig
import warnings
from pathlib import Path

from kerassnn.zoo import remote
from kerassnn.zoo.schema import FILE
from kerassnn.zoo.schema import NAME
from kerassnn.zoo.schema import parse_card

SHARE = Path("share", "kerassnn", "zoo")
PACKAGE = Path(__file__).resolve().parents[1]
# A URL of KERASSNN_ZOO, whose colons of scheme and port separate nothing, or
# a folder.
_END = re.escape(os.pathsep)
PART = re.compile(
    rf"[A-Za-z][A-Za-z0-9+.-]+://(?:\[[^]]*\]|[^/{_END}]*)(?::\d+)?[^{_END}]*"
    rf"|[^{_END}]+"
)


def entries(pattern="*", *, dataset=None, method=None, timesteps=None):
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
        ValueError: if `$KERASSNN_ZOO` is no list of folders and URLs.
        ConnectionError: if a server of it does not answer.

    Example:
        >>> "resnet8_ann_digits" in entries("*_ann_*")
        True
    """
    if dataset is method is timesteps is None:
        return fnmatch.filter(_names(), pattern)
    return [
        found["name"] for found in cards(pattern, dataset, method, timesteps)
    ]


def cards(pattern="*", dataset=None, method=None, timesteps=None):
    """As `entries`, their cards; an unreadable one is left out, and said."""
    found = []
    for name in fnmatch.filter(_names(), pattern):
        try:
            found.append(card(name))
        except ValueError as error:
            warnings.warn(f"{name} is left out: {error}", stacklevel=3)
    return [c for c in found if _matches(c, dataset, method, timesteps)]


def card(name):
    """The card of an entry.

    Args:
        name: String, an entry's name.

    Returns:
        Dict with the keys of `kerassnn.zoo.schema.CARD`.

    Raises:
        ValueError: if there is no such entry, or its card has a missing, an
            unknown or a wrong key.
        ConnectionError: if a server of `$KERASSNN_ZOO` does not answer.
    """
    return read_card(find(name))


def find(name):
    """The folder of an entry; ValueError with the nearest names if none."""
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise ValueError(
            "expected an entry name such as 'resnet8_sastc_digits', "
            f"received: name={name!r}"
        )
    for place in places():
        if isinstance(place, str):
            folder = remote.find(place, name)
            if folder is not None:
                return folder
        elif (place / name / "card.json").is_file():
            return place / name
    raise ValueError(_unknown(name))


def read_card(folder):
    """The checked card of an entry's folder."""
    text = inside(folder, "card.json").read_bytes()
    return parse_card(text, folder.name, f"{folder.name}/card.json")


def inside(folder, name):
    """Path of a file that lies in `folder` itself, links followed."""
    folder = Path(folder)
    if not FILE.fullmatch(name):
        raise ValueError(
            f"expected the plain name of a file inside {folder.name}/, "
            f"received: {name!r}"
        )
    path = (folder / name).resolve()
    if path.parent != folder.resolve():
        raise ValueError(
            f"expected a file inside {folder.name}/, received: {name!r}, "
            "a link that leaves it"
        )
    if not path.is_file():
        raise ValueError(
            f"expected the file {name!r} inside {folder.name}/, received: "
            "no such file"
        )
    return path


def places():
    """Folders (paths) and URLs (strings) of entries, as they are searched.

    Those of `$KERASSNN_ZOO`, separated as in `PATH`; a checkout's `zoo/`; the
    `share/kerassnn/zoo` of the installed distribution.
    """
    found = []
    for part in PART.findall(os.environ.get("KERASSNN_ZOO", "")):
        if "://" in part:
            remote.check_url(part)
            found.append(part)
        elif os.path.isdir(part):
            found.append(Path(part))
        else:
            raise ValueError(
                "expected KERASSNN_ZOO to name folders that exist, received: "
                f"{part!r}"
            )
    checkout = checkout_root()
    here = [] if checkout is None else [checkout / "zoo"]
    found += [folder for folder in [*here, *_installed()] if folder.is_dir()]
    return list(dict.fromkeys(found))


def urls():
    """The URLs of `$KERASSNN_ZOO`, in order."""
    return [place for place in places() if isinstance(place, str)]


def checkout_root():
    """The checkout this package runs from, or None once it is installed."""
    # Beside an installed package, `zoo` could be anyone's.
    return PACKAGE.parent if (PACKAGE.parent / "setup.cfg").is_file() else None


def _installed():
    try:
        files = importlib.metadata.distribution("kerassnn").files or []
    except importlib.metadata.PackageNotFoundError:
        files = []
    cards = [f for f in files if f.name == "card.json"]
    found = [Path(f.locate()).resolve().parents[1] for f in cards]
    # `pip install --target` leaves the recorded places behind.
    return [
        *found,
        Path(sysconfig.get_path("data"), SHARE),
        PACKAGE.parent / SHARE,
    ]


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
        return remote.names(place)
    return {card.parent.name for card in place.glob("*/card.json")}


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
    recipe = Path("recipes", f"{name}.py")
    folders = [place for place in searched if isinstance(place, Path)]
    # Both a checkout and an installation keep recipes beside the zoo.
    if any((folder.parent / recipe).is_file() for folder in folders):
        dataset = name.split("_")[-1]
        here = [n for n in names if n.endswith(f"_{dataset}")]
        message += (
            f"{recipe.as_posix()} trains it, but its weights are not published "
            f"yet. Published for {dataset}: {', '.join(here) or 'nothing'}"
        )
    else:
        message += f"the nearest are {', '.join(near) or 'none'}"
    if len(folders) < len(searched):
        message += f". Searched: {', '.join(map(str, searched))}"
        if remote.offline():
            message += ", without the network: KERASSNN_OFFLINE is set"
    return message
