"""Where things are kept: the user's folders, and what comes with kerassnn.

The only reader of the environment's `KERASSNN_...`, at each call.
"""

import importlib.metadata
import os
import re
import sysconfig
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
SHARE = ("share", "kerassnn")
HUB = "hf://"
# A place of KERASSNN_ZOO: an address, whose colon separates nothing, or a
# folder.
_END = re.escape(os.pathsep)
PLACE = re.compile(rf"[A-Za-z][A-Za-z0-9+.-]+://[^{_END}]*|[^{_END}]+")


def expanded(path: str | os.PathLike) -> Path:
    """A path given by the user, `~` expanded.

    Raises:
        ValueError: if there is no home folder to put in its place.
    """
    try:
        return Path(path).expanduser()
    except RuntimeError:
        raise ValueError(
            f"expected a path without `~`, since HOME is not set, received: "
            f"{str(path)!r}"
        ) from None


def home() -> Path:
    """The user's folder of kerassnn: `$KERASSNN_HOME`, or Keras's own.

    Returns:
        Path, which need not exist.

    Raises:
        ValueError: if neither is set and there is no home folder.
    """
    given = os.environ.get("KERASSNN_HOME")
    if given:
        return expanded(given)
    keras_home = os.environ.get("KERAS_HOME")
    if keras_home:
        return expanded(keras_home) / "kerassnn"
    try:
        return Path.home() / ".keras" / "kerassnn"
    except RuntimeError:
        raise ValueError(
            "expected one of HOME, KERAS_HOME and KERASSNN_HOME to be set, "
            "received: none of them"
        ) from None


def data() -> Path | None:
    """The folder of data sets, `$KERASSNN_DATA`, or `None` if it is not set."""
    given = os.environ.get("KERASSNN_DATA")
    return expanded(given) if given else None


def offline() -> bool:
    """Whether `$KERASSNN_OFFLINE` forbids the network: set, and not to 0."""
    return os.environ.get("KERASSNN_OFFLINE", "") not in ("", "0")


def zoo_places() -> list[Path | str]:
    """What `$KERASSNN_ZOO` names, separated as in `PATH`, in order.

    Returns:
        List of paths of folders, and of strings `hf://owner/repo`.

    Raises:
        ValueError: if a folder does not exist, or an address is no `hf://`.
    """
    found = []
    for part in PLACE.findall(os.environ.get("KERASSNN_ZOO", "")):
        if part.startswith(HUB):
            found.append(part)
            continue
        folder = expanded(part)
        if not folder.is_dir():
            raise ValueError(
                "expected KERASSNN_ZOO to name folders that exist, or "
                f"repositories as {HUB}owner/repo, received: {part!r}"
            )
        found.append(folder)
    return found


def checkout() -> Path | None:
    """The checkout this package runs from, or `None` once it is installed."""
    # Beside an installed package, `zoo` could be anyone's.
    return PACKAGE.parent if (PACKAGE.parent / "setup.cfg").is_file() else None


def shipped(kind: str) -> list[Path]:
    """The folders that come with kerassnn, of its checkout or installed.

    Args:
        kind: String, `"zoo"` or `"recipes"`.

    Returns:
        List of paths of folders that exist.
    """
    root = checkout()
    found = [] if root is None else [root / kind]
    found += [
        *_recorded(kind),
        Path(sysconfig.get_path("data"), *SHARE, kind),
        # `pip install --target` leaves the recorded places behind.
        PACKAGE.parent.joinpath(*SHARE, kind),
    ]
    folders = {os.path.realpath(path): path for path in reversed(found)}
    return [path for path in reversed(folders.values()) if path.is_dir()]


def _recorded(kind):
    """Where the files of the installed distribution are said to be."""
    try:
        distribution = importlib.metadata.distribution("kerassnn")
    except importlib.metadata.PackageNotFoundError:
        return []
    wanted, found = (*SHARE, kind), {}
    for file in distribution.files or []:
        for start in range(len(file.parts) - len(wanted)):
            end = start + len(wanted)
            if file.parts[start:end] == wanted:
                folder = Path(*file.parts[:end])
                # Files may be links into a store, which has no such folders.
                found[folder] = Path(distribution.locate_file(folder))
    return list(found.values())
