import configparser

import pytest

from kerassnn.zoo import packaging

SETUP = "[metadata]\nname = x  # kept\n\n[options.data_files]\n"


@pytest.fixture
def entry(tmp_path):
    folder = tmp_path / "zoo" / "tiny8_ann_digits"
    folder.mkdir(parents=True)
    (folder / "card.json").write_text("{}")
    return folder


@pytest.mark.parametrize("text", [SETUP, "[metadata]\nname = x\n"])
def test_the_line_is_added_once(entry, tmp_path, text):
    setup = tmp_path / "setup.cfg"
    setup.write_text(text)
    assert packaging.ship(setup, entry) and packaging.ship(setup, entry)
    parsed = configparser.ConfigParser()
    parsed.read(setup)
    assert dict(parsed["options.data_files"]) == {
        "share/kerassnn/zoo/tiny8_ann_digits": "zoo/tiny8_ann_digits/*"
    }
    assert ("# kept" in text) == ("# kept" in setup.read_text())


def test_large_entries_stay_out(entry, tmp_path, monkeypatch):
    setup = tmp_path / "setup.cfg"
    setup.write_text(SETUP)
    monkeypatch.setattr(packaging, "LARGEST", 1)
    assert not packaging.ship(setup, entry)
    assert setup.read_text() == SETUP
