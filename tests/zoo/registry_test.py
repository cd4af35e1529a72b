import os
import shutil

import pytest

from kerassnn import zoo
from kerassnn.cli import main
from kerassnn.zoo import registry
from tests.zoo.conftest import ANN
from tests.zoo.conftest import SNN
from tests.zoo.conftest import edit_card


def test_list_filters(entries):
    assert zoo.list("tiny8_*") == [ANN, SNN]
    assert zoo.list("tiny8_*", method="ANN") == [ANN]
    assert zoo.list("tiny8_*", method="LogitsKD") == [SNN]
    assert zoo.list("tiny8_*", timesteps=2) == [SNN]
    assert zoo.list("tiny8_*", dataset="digits") == [ANN, SNN]
    assert zoo.list("tiny8_*", dataset="cifar10") == []


def test_the_first_of_several_folders_wins(entries, tmp_path, monkeypatch):
    other = tmp_path / "other"
    shutil.copytree(entries / ANN, other / ANN)
    edit_card(other / ANN, lambda card: card.update(differences="another"))
    both = os.pathsep.join([str(other), str(entries)])
    monkeypatch.setenv("KERASSNN_ZOO", both)
    assert zoo.card(ANN)["differences"] == "another"
    assert zoo.list("tiny8_*") == [ANN, SNN]


def test_unknown_names_come_with_the_nearest(entries):
    with pytest.raises(ValueError, match=SNN):
        zoo.card("tiny8_kdd_digits")


def test_a_recipe_without_weights_does_not_pretend(entries, tmp_path):
    (tmp_path / "recipes").mkdir()
    (tmp_path / "recipes" / "tiny9_ann_digits.py").touch()
    with pytest.raises(ValueError, match=f"not published yet.*{ANN}, {SNN}"):
        zoo.load("tiny9_ann_digits")


@pytest.mark.parametrize("name", ["../tiny8_ann_digits", "/tmp", "", None])
def test_a_name_is_no_path(entries, name):
    with pytest.raises(ValueError, match="expected an entry name"):
        zoo.card(name)


def test_a_missing_folder_is_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("KERASSNN_ZOO", str(tmp_path / "nowhere"))
    with pytest.raises(ValueError, match="nowhere"):
        zoo.list()


def test_an_installation_finds_its_share_folder(
    published, tmp_path, monkeypatch
):
    monkeypatch.delenv("KERASSNN_ZOO", raising=False)
    monkeypatch.setattr(registry, "PACKAGE", tmp_path / "kerassnn")
    assert zoo.list("tiny8_*") == []
    shutil.copytree(published, tmp_path / "share" / "kerassnn" / "zoo")
    assert zoo.list("tiny8_*") == [ANN, SNN]


def test_a_folder_named_zoo_beside_an_installation_is_not_ours(
    published, tmp_path, monkeypatch
):
    monkeypatch.delenv("KERASSNN_ZOO", raising=False)
    monkeypatch.setattr(registry, "PACKAGE", tmp_path / "kerassnn")
    shutil.copytree(published, tmp_path / "zoo")
    assert zoo.list("tiny8_*") == []


def test_a_renamed_folder_is_refused(entries):
    os.rename(entries / ANN, entries / "tiny8_ann_cifar10")
    with pytest.raises(ValueError, match="tiny8_ann_cifar10"):
        zoo.card("tiny8_ann_cifar10")


def test_a_broken_card_is_refused(entries):
    (entries / ANN / "card.json").write_text("{")
    with pytest.raises(ValueError, match="expected JSON"):
        zoo.card(ANN)


def test_a_broken_card_hides_no_other_entry(entries, capsys):
    (entries / ANN / "card.json").write_text("{")
    with pytest.warns(UserWarning, match=f"{ANN} is left out"):
        found = zoo.list("tiny*", dataset="digits")
    assert found == [SNN]
    with pytest.warns(UserWarning, match=f"{ANN} is left out"):
        assert main(["list", "tiny*"]) == 0
    assert SNN in capsys.readouterr().out


@pytest.mark.parametrize("file", ["card.json", "model.weights.h5"])
def test_links_out_of_the_folder_are_refused(entries, tmp_path, file):
    outside = tmp_path / file
    os.replace(entries / ANN / file, outside)
    (entries / ANN / file).symlink_to(outside)
    with pytest.raises(ValueError, match="a link that leaves it"):
        zoo.load(ANN)
