import configparser

import pytest

from kerassnn.zoo import packaging
from kerassnn.zoo import remote

SETUP = "[metadata]\nname = x  # kept\n\n[options.data_files]\n"
SHARE = "share/kerassnn/zoo/tiny8_ann_digits"


@pytest.fixture
def entry(tmp_path):
    folder = tmp_path / "zoo" / "tiny8_ann_digits"
    folder.mkdir(parents=True)
    for name in ("card.json", "model.weights.h5", "probe.npz"):
        (folder / name).write_text("{}")
    return folder


@pytest.fixture
def large(entry, monkeypatch):
    monkeypatch.setattr(packaging, "LARGEST", 1)
    (entry.parents[1] / ".gitignore").write_text("*.part\n")
    (entry.parents[1] / "MANIFEST.in").write_text("graft zoo\n")
    return entry


def data_files(setup):
    parsed = configparser.ConfigParser()
    parsed.read(setup)
    return dict(parsed["options.data_files"])


@pytest.mark.parametrize("text", [SETUP, "[metadata]\nname = x\n"])
def test_the_line_is_added_once(entry, tmp_path, text):
    setup = tmp_path / "setup.cfg"
    setup.write_text(text)
    assert packaging.ship(setup, entry) and packaging.ship(setup, entry)
    assert data_files(setup) == {SHARE: "zoo/tiny8_ann_digits/*"}
    assert ("# kept" in text) == ("# kept" in setup.read_text())


def test_large_entries_stay_out_while_their_weights_have_no_home(
    large, tmp_path, monkeypatch
):
    monkeypatch.setattr(remote, "URL", None)
    setup = tmp_path / "setup.cfg"
    setup.write_text(SETUP)
    assert not packaging.ship(setup, large)
    assert setup.read_text() == SETUP


def test_large_entries_travel_without_their_weights(
    large, tmp_path, monkeypatch
):
    monkeypatch.setattr(remote, "URL", "http://127.0.0.1/{name}/{file}")
    setup = tmp_path / "setup.cfg"
    setup.write_text(SETUP)
    assert packaging.ship(setup, large) and packaging.ship(setup, large)
    files = [f"zoo/tiny8_ann_digits/{n}" for n in ("card.json", "probe.npz")]
    assert data_files(setup)[SHARE].split() == files
    weights = "zoo/tiny8_ann_digits/model.weights.h5"
    assert (tmp_path / ".gitignore").read_text() == f"*.part\n/{weights}\n"
    manifest = (tmp_path / "MANIFEST.in").read_text()
    assert manifest == f"graft zoo\nexclude {weights}\n"


def test_an_entry_that_grew_is_listed_once(large, tmp_path, monkeypatch):
    monkeypatch.setattr(remote, "URL", "http://127.0.0.1/{name}/{file}")
    setup = tmp_path / "setup.cfg"
    setup.write_text(f"{SETUP}{SHARE} = zoo/tiny8_ann_digits/*\n")
    packaging.ship(setup, large)
    assert "*" not in setup.read_text()
    monkeypatch.setattr(packaging, "LARGEST", 100)
    packaging.ship(setup, large)
    assert data_files(setup) == {SHARE: "zoo/tiny8_ann_digits/*"}
