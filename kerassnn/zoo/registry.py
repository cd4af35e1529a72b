"""Where entries are, which there are, and their cards."""

import difflib
import fnmatch
import importlib.metadata
import json
import os
import sysconfig
from pathlib import Path

from kerassnn.zoo.schema import FILE
from kerassnn.zoo.schema import NAME
from kerassnn.zoo.schema import check_card

SHARE = Path("share", "kerassnn", "zoo")
PACKAGE = Path(__file__).resolve().parents[1]


def entries(pattern="*", *, dataset=None, method=None, timesteps=None):
    """Names of the entries that are here, sorted.

    Args:
        pattern: String, matched against the whole name, with `*` and `?`.
        dataset: String or `None` for any.
        method: String or `None` for any: the method's class name or its
            name inside the entry's, `"SASTC"` or `"sastc"`; case is ignored.
        timesteps: Int or `None` for any.

    Returns:
        List of strings.

    Example:
        >>> "resnet8_ann_digits" in entries("*_ann_*")
        True
    """
    names = fnmatch.filter(_names(), pattern)
    if dataset is method is timesteps is None:
        return names
    return [
        name
        for name in names
        if _matches(card(name), dataset, method, timesteps)
    ]


def card(name):
    """The card of an entry.

    Args:
        name: String, an entry's name.

    Returns:
        Dict with the keys of `kerassnn.zoo.schema.CARD`.

    Raises:
        ValueError: if there is no such entry, or its card has a missing, an
            unknown or a wrong key.
    """
    return read_card(find(name))


def find(name):
    """The folder of an entry; ValueError with the nearest names if none."""
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise ValueError(
            "expected an entry name such as 'resnet8_sastc_digits', "
            f"received: name={name!r}"
        )
    for root in roots():
        if (root / name / "card.json").is_file():
            return root / name
    raise ValueError(_unknown(name))


def read_card(folder):
    """The checked card of an entry's folder."""
    text = inside(folder, "card.json").read_text(encoding="utf-8")
    where = f"{folder.name}/card.json"
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"{where}: expected JSON, received: {error}") from None
    check_card(found, where)
    if found["name"] != folder.name:
        raise ValueError(
            f"{where}: expected name={folder.name!r}, the folder's, "
            f"received: name={found['name']!r}"
        )
    return found


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


def roots():
    """Folders that hold entries, in the order in which they are searched.

    `$KERASSNN_ZOO` (folders separated as in `PATH`), a checkout's `zoo/`,
    and the `share/kerassnn/zoo` of the installed distribution.
    """
    named = os.environ.get("KERASSNN_ZOO", "")
    if "://" in named:
        raise ValueError(
            "expected KERASSNN_ZOO to name folders, received: "
            f"KERASSNN_ZOO={named!r}, whose scheme is not supported"
        )
    folders = [Path(part) for part in named.split(os.pathsep) if part]
    for folder in folders:
        if not folder.is_dir():
            raise ValueError(
                "expected KERASSNN_ZOO to name folders that exist, received: "
                f"{str(folder)!r}"
            )
    checkout = checkout_root()
    if checkout is not None:
        folders.append(checkout / "zoo")
    folders += _installed()
    return list(dict.fromkeys(f for f in folders if f.is_dir()))


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


def _names():
    found = set()
    for root in roots():
        cards = root.glob("*/card.json")
        found |= {c.parent.name for c in cards if NAME.fullmatch(c.parent.name)}
    return sorted(found)


def _matches(found, dataset, method, timesteps):
    short = found["name"].removesuffix(f"_{found['dataset']}").split("_")[-1]
    methods = {found["method"].lower(), short}
    return (
        dataset in (None, found["dataset"])
        and (method is None or method.lower() in methods)
        and timesteps in (None, found["timesteps"])
    )


def _unknown(name):
    names = _names()
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.0)
    message = f"expected one of the zoo's entries, received: name={name!r}; "
    recipe = Path("recipes", f"{name}.py")
    # Both a checkout and an installation keep recipes beside the zoo.
    if any((root.parent / recipe).is_file() for root in roots()):
        dataset = name.split("_")[-1]
        here = [n for n in names if n.endswith(f"_{dataset}")]
        return message + (
            f"{recipe.as_posix()} trains it, but its weights are not published "
            f"yet. Published for {dataset}: {', '.join(here) or 'nothing'}"
        )
    return message + f"the nearest are {', '.join(near) or 'none'}"
