import os
import shutil

import pytest

from kerassnn import folders
from kerassnn import zoo
from kerassnn.cli import main
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


def test_a_recipe_of_no_data_set_is_not_spoken_of(entries, tmp_path):
    """A misspelt entry, of whose method and body there is a recipe."""
    (tmp_path / "recipes").mkdir()
    text = 'VARIANTS = {"digits": {}, "fashion_mnist": {}}'
    (tmp_path / "recipes" / "tiny8_kd.py").write_text(text)
    for wrong in ("tiny8_kd_digit", "tiny8_kd_digitss", "tiny8_kd_cifar"):
        with pytest.raises(ValueError, match=f"nearest are {SNN}, ") as caught:
            zoo.load(wrong)
        assert "published" not in str(caught.value)
    with pytest.raises(ValueError, match="Published for fashion_mnist: noth"):
        zoo.load("tiny8_kd_fashion_mnist")


def test_a_recipe_without_weights_does_not_pretend(entries, tmp_path):
    (tmp_path / "recipes").mkdir()
    (tmp_path / "recipes" / "tiny9_ann.py").write_text('"digits"')
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
    monkeypatch.setattr(folders, "PACKAGE", tmp_path / "kerassnn")
    assert zoo.list("tiny8_*") == []
    shutil.copytree(published, tmp_path / "share" / "kerassnn" / "zoo")
    assert zoo.list("tiny8_*") == [ANN, SNN]


def test_a_renamed_folder_is_refused(entries):
    os.rename(entries / ANN, entries / "tiny8_ann_cifar10")
    with pytest.raises(ValueError, match="tiny8_ann_cifar10"):
        zoo.card("tiny8_ann_cifar10")


def test_a_broken_card_is_refused(entries):
    (entries / ANN / "card.json").write_text("{")
    with pytest.raises(ValueError, match="expected JSON"):
        zoo.card(ANN)


@pytest.mark.filterwarnings("always:tiny8_ann_digits is left out")
def test_a_broken_card_hides_no_other_entry(entries, capsys):
    (entries / ANN / "card.json").write_text("{")
    with pytest.warns(UserWarning, match=f"{ANN} is left out"):
        found = zoo.list("tiny*", dataset="digits")
    assert found == [SNN]
    assert main(["list", "tiny*"]) == 0
    shown = capsys.readouterr()
    assert SNN in shown.out and f"{ANN} is left out" in shown.err


def test_an_entry_of_links_into_a_store_is_loaded(entries, tmp_path):
    """As package managers install: every file a link to somewhere else."""
    (tmp_path / "store").mkdir()
    for file in (entries / ANN).iterdir():
        os.replace(file, tmp_path / "store" / file.name)
        file.symlink_to(tmp_path / "store" / file.name)
    assert zoo.load(ANN).name == ANN


def test_a_link_to_other_bytes_is_refused(entries, tmp_path):
    file = entries / ANN / "history.csv"
    file.unlink()
    file.symlink_to("/etc/hostname")
    with pytest.raises(ValueError, match="history.csv is not the file"):
        zoo.verify(ANN)


@pytest.mark.parametrize(
    "text",
    [
        '{"energy": {"macs": 1' + 400 * "0" + "}}",
        "[" * 100_000,
        '{"a": 1' + 9000 * "0" + "}",
        "\xff\xfe{",
        "null",
        "{}" + " " * 2_000_000,
        '{"card_version": 2, "name": "\x1b[31m"}',
    ],
    ids=range(7),
)
def test_whatever_is_wrong_with_a_card_is_its_own(entries, text):
    (entries / ANN / "card.json").write_text(text, encoding="latin-1")
    with pytest.raises(ValueError, match=f"{ANN}/card.json"):
        zoo.card(ANN)
    with pytest.warns(UserWarning, match=f"{ANN} is left out"):
        assert zoo.list("tiny*", dataset="digits") == [SNN]


def test_a_card_that_is_a_folder_hides_no_other(entries):
    (entries / ANN / "card.json").unlink()
    (entries / ANN / "card.json").mkdir()
    with pytest.warns(UserWarning, match=f"{ANN} is left out"):
        assert zoo.list("tiny*", dataset="digits") == [SNN]
