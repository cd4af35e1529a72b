"""Entries that several teachers taught."""

import copy
import csv
import json
import shutil

import pytest

from kerassnn import publishing
from kerassnn import zoo
from kerassnn.cli import main
from kerassnn.zoo.schema import check_card
from tests.zoo.conftest import ANN
from tests.zoo.conftest import SNN
from tests.zoo.conftest import edit_card
from tests.zoo.conftest import make_run
from tests.zoo.conftest import make_runs

OTHER, BOTH = "tiny8_other_digits", "tiny8_both_digits"


@pytest.fixture
def both(entries, tmp_path):
    """The zoo with a student of two teachers, published from its runs."""
    shutil.copytree(entries / ANN, entries / OTHER)
    edit_card(entries / OTHER, lambda card: card.update(name=OTHER))
    options = {"spiking": True, "teacher": [ANN, OTHER]}
    runs = make_runs(tmp_path / "tiny_both", **options)
    publishing.publish(runs, BOTH, entries)
    return entries


def test_the_card_and_the_tables_name_all(both, tmp_path, capsys):
    assert zoo.card(BOTH)["teacher"] == [
        {"name": n, "sha256": zoo.card(n)["sha256"]["model.safetensors"]}
        for n in (ANN, OTHER)
    ]
    assert f"{ANN}, {OTHER}" in (both / BOTH / "README.md").read_text()
    text = (both / "RESULTS.md").read_text()
    row = next(line for line in text.splitlines() if f"[{BOTH}]" in line)
    assert f"{ANN}: 60.00 ± 14.14, {OTHER}: 60.00 ± 14.14" in row
    with open(both / "results.csv", newline="") as file:
        rows = {row["name"]: row for row in csv.DictReader(file)}
    assert rows[BOTH]["teacher"] == f"{ANN}, {OTHER}"
    assert main(["list", "tiny8_both*"]) == 0
    assert f"{ANN}, {OTHER}" in capsys.readouterr().out
    publishing.site(tmp_path / "site", "tiny8_*")
    for page in (tmp_path / "site").rglob("*.html"):
        if page.stem in ("index", BOTH):
            text = page.read_text()
            assert ANN in text and OTHER in text


def test_two_of_one_name_cannot_be_told_apart_on_a_card(entries, tmp_path):
    run = make_run(tmp_path / "a" / "0", 0, spiking=True, teacher=[ANN, ANN])
    with pytest.raises(ValueError, match=f"of their own.*{ANN}"):
        publishing.publish([run], BOTH, entries)
    assert not (entries / BOTH).exists()


def test_a_list_on_a_card_is_of_several_others(published):
    card = json.loads((published / SNN / "card.json").read_text())
    one = card["teacher"]
    two = {**one, "name": OTHER}
    check_card({**card, "teacher": [one, two]})
    for wrong in ([], [one], [one, one], [two, {**one, "name": SNN}], [ANN]):
        with pytest.raises(ValueError, match="teacher.*expected"):
            check_card({**copy.deepcopy(card), "teacher": wrong})
