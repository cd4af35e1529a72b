"""Entries at the Hub, through the real client and a server of our own."""

import json
import shutil

import pytest

from kerassnn import zoo
from kerassnn.zoo import hub
from tests.zoo.conftest import ANN
from tests.zoo.conftest import SNN
from tests.zoo.conftest import edit_card
from tests.zoo.hub_server import COMMIT
from tests.zoo.hub_server import serve

client = pytest.importorskip("huggingface_hub")
client.constants = pytest.importorskip("huggingface_hub.constants")
PLACE = "hf://owner/nets"
WEIGHTS = f"{ANN}/model.safetensors"


def point_to(endpoint, monkeypatch):
    """As `HF_ENDPOINT` does, which the client reads when it is imported."""
    template = endpoint + "/{repo_id}/resolve/{revision}/{filename}"
    constants = client.constants
    monkeypatch.setattr(constants, "ENDPOINT", endpoint)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)


@pytest.fixture
def server(published, tmp_path, monkeypatch):
    """The small zoo at a Hub, an empty cache, and `KERASSNN_ZOO` for it."""
    shutil.copytree(published, tmp_path / "served")
    cache = tmp_path / "cache"
    monkeypatch.setenv("KERASSNN_ZOO", PLACE)
    monkeypatch.setattr(client.constants, "HF_HUB_CACHE", str(cache))
    monkeypatch.setattr(client.constants, "HF_HUB_DISABLE_IMPLICIT_TOKEN", True)
    with serve(tmp_path / "served") as running:
        point_to(running.endpoint, monkeypatch)
        yield running


def downloads(server):
    asked = [path for kind, path in server.requests if kind == "GET"]
    return [path for path in asked if "/resolve/" in path]


def test_entries_are_listed_read_and_loaded(server):
    assert zoo.list("tiny8_*") == [ANN, SNN]
    assert zoo.card(ANN)["name"] == ANN
    assert not any("safetensors" in path for path in downloads(server))
    assert zoo.load(ANN).name == ANN
    assert not any("probe" in path for path in downloads(server))
    assert zoo.verify(f"{PLACE}/{ANN}")["agreeing"] >= 7


def test_what_is_in_the_cache_is_not_downloaded_again(server):
    zoo.load(f"{PLACE}/{ANN}")
    before = downloads(server)
    zoo.load(f"{PLACE}@{COMMIT}/{ANN}")
    assert downloads(server) == before


@pytest.mark.parametrize("switch", ["KERASSNN_OFFLINE", "HF_HUB_OFFLINE"])
def test_offline_only_the_cache_is_asked(server, switch, monkeypatch):
    zoo.load(ANN)
    if switch == "KERASSNN_OFFLINE":
        monkeypatch.setenv(switch, "1")
    else:
        monkeypatch.setattr(client.constants, switch, True)
    server.requests.clear()
    assert zoo.list("tiny8_*") == [ANN]
    assert zoo.load(ANN).name == ANN
    with pytest.raises(ValueError, match="OFFLINE is set"):
        zoo.load(f"{PLACE}/{SNN}")
    with pytest.raises(ValueError, match="expected one of the zoo's entries"):
        zoo.load(SNN)
    assert downloads(server) == []


def test_without_an_answer_a_connection_error(server, monkeypatch):
    point_to("http://127.0.0.1:9", monkeypatch)
    with pytest.raises(ConnectionError, match="owner/nets"):
        zoo.list()


def test_an_interrupted_download_is_no_entry(server):
    server.cut[WEIGHTS] = 1000
    try:  # the client itself may go on where it was cut
        zoo.load(ANN)
    except ConnectionError:
        pass
    assert zoo.load(ANN).name == ANN


def test_wrong_bytes_are_refused_and_fetched_again(server, tmp_path):
    right = (tmp_path / "served" / WEIGHTS).read_bytes()
    server.changed[WEIGHTS] = right[:-1] + bytes([right[-1] ^ 1])
    with pytest.raises(ValueError, match="not the file that was published"):
        zoo.load(ANN)
    server.changed.clear()
    assert zoo.load(ANN).name == ANN


def test_sizes_are_compared_before_a_download(server, tmp_path):
    folder = tmp_path / "served" / ANN
    with open(folder / "model.safetensors", "ab") as file:
        file.truncate(50_000_000)
    with pytest.raises(ValueError, match="received: 50000000"):
        zoo.load(ANN)
    with open(folder / "card.json", "ab") as file:
        file.truncate(2_000_000)
    with pytest.raises(ValueError, match="received: 2000000"):
        zoo.card(f"{PLACE}/{ANN}")
    assert not any("safetensors" in path for path in downloads(server))


def test_a_bad_card_hides_no_other_entry(server, tmp_path):
    edit_card(tmp_path / "served" / ANN, lambda card: card.clear())
    with pytest.warns(UserWarning, match=f"{ANN} is left out"):
        assert zoo.list("tiny8_*", dataset="digits") == [SNN]


@pytest.mark.parametrize(
    "name, match",
    [
        ("hf://owner/nets", "expected 'hf://owner/repo/entry'"),
        ("hf://owner/../tiny8_ann_digits", "expected 'hf://owner/repo/entry'"),
        ("hf://owner/nets/../../etc", "expected 'hf://owner/repo/entry'"),
        (f"hf://owner/other/{ANN}", "received: RepositoryNotFoundError"),
        (f"hf://owner/nets@v9/{ANN}", "received: RevisionNotFoundError"),
        ("hf://owner/nets/other_ann_digits", "received: RemoteEntryNotFound"),
    ],
)
def test_what_is_not_there(server, name, match):
    with pytest.raises(ValueError, match=match):
        zoo.load(name)


def test_names_are_those_of_entries(server, tmp_path):
    served = tmp_path / "served"
    for folder in (served / "Not an entry", served / "a" / "deep_ann_digits"):
        shutil.copytree(served / ANN, folder)
    assert hub.names(PLACE) == {ANN, SNN}
    assert json.loads((served / ANN / "card.json").read_text())["name"] == ANN
