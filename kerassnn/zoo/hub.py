"""Entries in repositories of the Hugging Face Hub.

A repository `owner/repo` holds entries as folders, `<entry>/card.json` and
what the card lists, as a checkout's `zoo/` does. The client is theirs: its
cache, its `HF_HOME`, `HF_ENDPOINT` and `HF_HUB_OFFLINE`.
"""

import contextlib
import re
from pathlib import Path

from kerassnn import folders
from kerassnn.files import sha256
from kerassnn.zoo import cards
from kerassnn.zoo.schema import NAME
from kerassnn.zoo.schema import largest

PART = r"[A-Za-z0-9][A-Za-z0-9._-]*"
PLACE = re.compile(rf"hf://({PART}/{PART})(?:@({PART}))?")


def split(address):
    """The place and the name of `hf://owner/repo[@revision]/entry`.

    Raises:
        ValueError: if it is no such address.
    """
    place, _, name = address.rpartition("/")
    if not PLACE.fullmatch(place) or not NAME.fullmatch(name):
        raise ValueError(
            "expected 'hf://owner/repo/entry' or "
            f"'hf://owner/repo@revision/entry', received: {address!r}"
        )
    return place, name


def names(place):
    """Names of the entries of a repository, or of those in the cache.

    Args:
        place: String, `hf://owner/repo` or `hf://owner/repo@revision`.

    Returns:
        Set of strings.

    Raises:
        ValueError: if it is no such address, or there is no such repository.
        ConnectionError: if the Hub does not answer.
    """
    repository, revision = _parsed(place)
    client = _client()
    if _offline(client):
        return _cached(client, repository, revision)
    with _asking(place, client):
        info = client.HfApi().model_info(repository, revision=revision)
    paths = [Path(file.rfilename) for file in info.siblings or ()]
    return {
        path.parts[0]
        for path in paths
        if path.parts[1:] == (cards.CARD,) and NAME.fullmatch(path.parts[0])
    }


def fetch(place, name, files=()):
    """The folder in the cache of an entry, with its card.

    Args:
        place: String, as for `names`.
        name: String, the entry's name.
        files: Names of the files that must be there too; `None` for all that
            the card lists. Their sizes are compared with what the card makes
            possible before they are downloaded, their digests afterwards.

    Returns:
        Path.

    Raises:
        ValueError: if the entry is not there, or a file is not the card's.
        ConnectionError: if the Hub does not answer.
    """
    repository, revision = _parsed(place)
    client = _client()

    def get(file, revision, most, **options):
        asked = {
            "repo_id": repository,
            "filename": f"{name}/{file}",
            "revision": revision,
            "local_files_only": _offline(client),
        }
        with _asking(f"{place}/{name}/{file}", client):
            found = client.hf_hub_download(dry_run=True, **asked)
            size = found.file_size
            if size is None or size > most:
                raise ValueError(
                    f"{place}/{name}/{file}: expected at most {most} bytes, "
                    f"received: {size}"
                )
            return Path(client.hf_hub_download(**asked, **options))

    folder = get(cards.CARD, revision or "main", cards.LARGEST).parent
    card = cards.read_card(folder)
    commit = folder.parent.name  # the branch may move meanwhile
    for file in card["sha256"] if files is None else files:
        digest, most = card["sha256"].get(file), largest(file, card)
        if digest and sha256(get(file, commit, most)) != digest:
            if not _offline(client):  # damaged in the cache, perhaps
                get(file, commit, most, force_download=True)
            cards.check_digests(folder, card, [file])
    return folder


def _parsed(place):
    match = PLACE.fullmatch(place)
    if match is None:
        raise ValueError(
            "expected a repository as 'hf://owner/repo' or "
            f"'hf://owner/repo@revision', received: {place!r}"
        )
    return match.groups()


def _client():
    try:
        import huggingface_hub
        import huggingface_hub.constants
        import huggingface_hub.errors
    except ImportError as error:
        raise ImportError(
            "entries at hf:// are read through huggingface_hub: pip install "
            "kerassnn[hub]"
        ) from error
    return huggingface_hub


def _offline(client):
    return folders.offline() or client.constants.HF_HUB_OFFLINE


def _cached(client, repository, revision):
    try:
        found = client.scan_cache_dir().repos
    except client.errors.CacheNotFound:
        return set()
    return {
        file.file_path.parent.name
        for repo in found
        if repo.repo_id == repository and repo.repo_type == "model"
        for stored in repo.revisions
        if (revision or "main") in {stored.commit_hash, *stored.refs}
        for file in stored.files
        if file.file_name == cards.CARD
        and file.file_path.parents[1] == stored.snapshot_path
        and NAME.fullmatch(file.file_path.parent.name)
    }


@contextlib.contextmanager
def _asking(what, client):
    """Tells what is missing from what cannot be reached."""
    errors = client.errors
    missing = (
        errors.RemoteEntryNotFoundError,
        errors.RepositoryNotFoundError,
        errors.RevisionNotFoundError,
    )
    try:
        yield
    except ValueError:
        raise
    except missing as error:
        raise ValueError(
            f"expected {what} at the Hub, received: {type(error).__name__}"
        ) from None
    except errors.LocalEntryNotFoundError as error:
        if _offline(client):
            raise ValueError(
                f"expected {what} in the cache, since KERASSNN_OFFLINE or "
                "HF_HUB_OFFLINE is set, received: no such file"
            ) from None
        raise ConnectionError(f"{what}: {_short(error)}") from error
    except Exception as error:  # of the client, and of what it is built on
        raise ConnectionError(f"{what}: {_short(error)}") from error


def _short(error):
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
