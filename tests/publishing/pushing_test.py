import pytest

from kerassnn import publishing
from kerassnn.publishing.pushing import repository
from tests.publishing.hub_server import serving

constants = pytest.importorskip("huggingface_hub.constants")
NAME = "tiny8_ann_digits"
PLACE = "hf://somebody/a-zoo"


@pytest.fixture
def server(monkeypatch, tmp_path):
    monkeypatch.setenv("HF_TOKEN", "hf_made_up")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("KERASSNN_OFFLINE", raising=False)
    with serving() as server:
        # What `HF_ENDPOINT` sets, once the client is imported.
        monkeypatch.setattr(constants, "ENDPOINT", server.url)
        monkeypatch.setattr(
            constants,
            "HUGGINGFACE_CO_URL_TEMPLATE",
            server.url + "/{repo_id}/resolve/{revision}/{filename}",
        )
        yield server


def entry(root, name=NAME):
    folder = root / name
    folder.mkdir()
    (folder / "card.json").write_text("{}")
    (folder / "README.md").write_text(f"# {name}")
    (folder / "model.safetensors").write_bytes(bytes(range(256)) * 9)
    return folder


def test_an_entry_is_uploaded_as_one_commit(server, tmp_path):
    folder = entry(tmp_path)
    assert publishing.push(folder, PLACE) == f"{PLACE}/{NAME}"
    files = server.files["somebody/a-zoo"]
    own = {f"{NAME}/{p.name}": p.read_bytes() for p in folder.iterdir()}
    assert files == own | {"README.md": f"# {NAME}".encode()}
    assert server.commits == [NAME]
    assert server.tokens == {"Bearer hf_made_up"}
    other = "tiny8_kd_digits"
    publishing.push(str(entry(tmp_path, other)), PLACE)
    assert files["README.md"] == f"# {NAME}".encode()  # the first one stays
    assert f"{other}/card.json" in files


@pytest.fixture
def large(server, monkeypatch):
    """The same, where weights go by LFS."""
    # With hf_xet the client sends them by a protocol of that package alone.
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    server.large = True
    return server


@pytest.mark.parametrize("part", (None, 1000))
def test_large_weights_go_by_lfs(large, tmp_path, part):
    large.part = part
    folder = entry(tmp_path)
    publishing.push(folder, PLACE)
    weights = (folder / "model.safetensors").read_bytes()
    assert [*large.objects.values()] == [weights]
    assert [len(p) for p in large.parts.values()] == [3 if part else 1]
    own = {f"{NAME}/{p.name}": p.read_bytes() for p in folder.iterdir()}
    assert large.files["somebody/a-zoo"] == own | {
        "README.md": f"# {NAME}".encode()
    }
    large.parts.clear()
    publishing.push(folder, PLACE)  # there already: not sent again
    assert large.parts == {} and len(large.commits) == 2


def test_large_weights_that_are_refused(large, tmp_path):
    large.limit = 1000
    with pytest.raises(ConnectionError, match=f"{NAME}.*too large"):
        publishing.push(entry(tmp_path), PLACE)
    assert large.commits == []


def test_a_refusal_is_told(server, tmp_path):
    server.refuses = True
    with pytest.raises(ConnectionError, match=f"{PLACE}/{NAME}.*403"):
        publishing.push(entry(tmp_path), PLACE)
    assert server.files == {}


def test_nothing_is_uploaded_offline(server, tmp_path, monkeypatch):
    monkeypatch.setenv("KERASSNN_OFFLINE", "1")
    with pytest.raises(ValueError, match="KERASSNN_OFFLINE"):
        publishing.push(entry(tmp_path), PLACE)
    assert server.commits == []


def test_only_entries_are_uploaded(server, tmp_path):
    with pytest.raises(ValueError, match="an entry's folder"):
        publishing.push(tmp_path, PLACE)


@pytest.mark.parametrize(
    "place", ["somebody/a-zoo", "hf://a", "hf://a/b/c", "https://x/y", "", None]
)
def test_an_address_is_a_repository(place):
    with pytest.raises(ValueError, match="hf://owner/repo"):
        repository(place)
    assert repository(PLACE) == "somebody/a-zoo"
