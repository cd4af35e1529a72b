"""Entries to a repository of the Hugging Face Hub."""

import re
from pathlib import Path
from typing import Any

from kerassnn import folders
from kerassnn.zoo.schema import NAME

PART = r"[A-Za-z0-9][A-Za-z0-9._-]*"
PLACE = re.compile(rf"hf://({PART}/{PART})")
README = "README.md"


def repository(place: str) -> str:
    """The `owner/repo` of `hf://owner/repo`.

    Raises:
        ValueError: if it is no such address.
    """
    found = PLACE.fullmatch(place) if isinstance(place, str) else None
    if found is None:
        raise ValueError(
            f"expected a repository as 'hf://owner/repo', received: {place!r}"
        )
    return found[1]


def push(entry: str | Path, place: str) -> str:
    """Uploads an entry, as one commit, where `kerassnn.zoo` can load it.

    The files go into a folder of the entry's name. Where the repository has
    no README.md yet, the entry's becomes the repository's: the Hub reads its
    metadata there. The repository is created if there is none; the token is
    the one that `huggingface_hub` finds.

    Args:
        entry: Path of the entry's folder, as `publish` returns it.
        place: String, `hf://owner/repo`.

    Returns:
        String, the address of the entry, for `kerassnn.zoo.load`.

    Raises:
        ValueError: if it is no entry or no such address, or the network is
            forbidden.
        ImportError: if `huggingface_hub` is not installed.
        ConnectionError: if the Hub does not take it.
    """
    name, entry = repository(place), Path(entry)
    if not NAME.fullmatch(entry.name) or not (entry / "card.json").is_file():
        raise ValueError(
            f"expected an entry's folder, with card.json, received: {entry}"
        )
    if folders.offline():
        raise ValueError(
            f"expected KERASSNN_OFFLINE not to be set to upload to {place}, "
            "received: KERASSNN_OFFLINE=1"
        )
    client = _client()
    api = client.HfApi()
    try:
        api.create_repo(name, repo_type="model", exist_ok=True)
        api.create_commit(
            name,
            operations=_operations(client, api, name, entry),
            commit_message=entry.name,
        )
    except Exception as error:  # of the client, and of what it is built on
        said = " ".join(str(error).split())[:300]
        raise ConnectionError(
            f"{place}/{entry.name}: {type(error).__name__}: {said}"
        ) from error
    return f"{place}/{entry.name}"


def _operations(client: Any, api: Any, name: str, entry: Path) -> list:
    paths = {f"{entry.name}/{file.name}": file for file in entry.iterdir()}
    if not api.file_exists(name, README):
        paths[README] = entry / README
    return [
        client.CommitOperationAdd(path_in_repo=place, path_or_fileobj=file)
        for place, file in sorted(paths.items())
        if file.is_file()
    ]


def _client() -> Any:
    try:
        import huggingface_hub
    except ImportError as error:
        raise ImportError(
            "entries are uploaded through huggingface_hub: pip install "
            "'kerassnn[hub]'"
        ) from error
    return huggingface_hub
