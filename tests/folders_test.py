import importlib.metadata
import os
import pwd

import pytest

from kerassnn import folders


@pytest.fixture
def bare(monkeypatch):
    """An environment that says nothing, of a user with no home folder."""
    for name in ("KERASSNN_HOME", "KERAS_HOME", "HOME", "KERASSNN_ZOO"):
        monkeypatch.delenv(name, raising=False)

    def nobody(uid):
        raise KeyError(uid)

    monkeypatch.setattr(pwd, "getpwuid", nobody)


def test_home_is_what_the_environment_says(bare, monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", "/nowhere/kh")
    assert str(folders.home()) == "/nowhere/kh/kerassnn"
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("KERAS_HOME", "~/kh")
    assert folders.home() == tmp_path / "kh" / "kerassnn"
    monkeypatch.setenv("KERASSNN_HOME", "~/here")
    assert folders.home() == tmp_path / "here"
    monkeypatch.delenv("KERASSNN_HOME")
    monkeypatch.delenv("KERAS_HOME")
    assert folders.home() == tmp_path / ".keras" / "kerassnn"


def test_without_a_home_an_error_names_the_variables(bare, monkeypatch):
    with pytest.raises(ValueError, match="KERASSNN_HOME"):
        folders.home()
    monkeypatch.setenv("KERASSNN_HOME", "~/here")
    with pytest.raises(ValueError, match="HOME is not set"):
        folders.home()


@pytest.mark.parametrize("given", ["~/data", "{home}/data"])
def test_the_data_folder(given, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("KERASSNN_DATA", given.format(home=tmp_path))
    assert folders.data() == tmp_path / "data"
    monkeypatch.setenv("KERASSNN_DATA", "")
    assert folders.data() is None


@pytest.mark.parametrize("value", ["", "0", "1", "yes"])
def test_offline(value, monkeypatch):
    monkeypatch.setenv("KERASSNN_OFFLINE", value)
    assert folders.offline() == (value not in ("", "0"))


def test_places_of_the_zoo(monkeypatch, tmp_path):
    (tmp_path / "mine").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    places = ["~/mine", "hf://owner/repo@v1", str(tmp_path)]
    monkeypatch.setenv("KERASSNN_ZOO", os.pathsep.join(places))
    found = folders.zoo_places()
    assert found == [tmp_path / "mine", "hf://owner/repo@v1", tmp_path]


@pytest.mark.parametrize("place", ["~/none", "https://host/zoo", "ftp://h"])
def test_other_places_are_refused(place, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("KERASSNN_ZOO", place)
    with pytest.raises(ValueError, match=f"hf://owner/repo.*'{place}'"):
        folders.zoo_places()


@pytest.mark.parametrize("kind", ["zoo", "recipes"])
def test_an_installation_of_links_into_a_store(kind, monkeypatch, tmp_path):
    """As uv's link mode leaves it: each file a link, the folders not."""
    site = tmp_path / "lib" / "python3" / "site-packages"
    info = site / "kerassnn-0.dist-info"
    share = tmp_path / "share" / "kerassnn" / kind / "some_ann_entry"
    for folder in (info, share, tmp_path / "store"):
        folder.mkdir(parents=True)
    (tmp_path / "store" / "abc").write_text("{}")
    (share / "card.json").symlink_to(tmp_path / "store" / "abc")
    (info / "METADATA").write_text("Name: kerassnn\nVersion: 0\n")
    path = f"../../../share/kerassnn/{kind}/some_ann_entry/card.json"
    (info / "RECORD").write_text(f"{path},,\n")
    (found,) = importlib.metadata.distributions(path=[str(site)])
    monkeypatch.setattr(importlib.metadata, "distribution", lambda name: found)
    monkeypatch.setattr(folders, "PACKAGE", tmp_path / "elsewhere" / "kerassnn")
    (folder,) = [path.resolve() for path in folders.shipped(kind)]
    assert folder == share.parent


def test_a_folder_beside_an_installation_is_not_ours(monkeypatch, tmp_path):
    monkeypatch.setattr(folders, "PACKAGE", tmp_path / "kerassnn")
    (tmp_path / "zoo").mkdir()
    assert tmp_path / "zoo" not in folders.shipped("zoo")
    (tmp_path / "setup.cfg").touch()
    assert folders.shipped("zoo")[0] == tmp_path / "zoo"
