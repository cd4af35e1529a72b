"""The entries of this checkout, on whichever backend the tests run."""

import json
import pathlib

import pytest

from kerassnn import zoo
from kerassnn.publishing.page import readme
from kerassnn.publishing.tables import results
from kerassnn.zoo.cards import teachers_of
from kerassnn.zoo.weights import WEIGHTS

CHECKOUT = pathlib.Path(__file__).resolve().parents[2]
NAMES = sorted(p.parent.name for p in CHECKOUT.glob("zoo/*/card.json"))
# The weights of large entries are not in the repository.
WHOLE = [n for n in NAMES if (CHECKOUT / "zoo" / n / WEIGHTS).is_file()]
DIGITS = [n for n in WHOLE if n.endswith("_digits")]


@pytest.fixture(autouse=True)
def only_this_checkout(monkeypatch):
    monkeypatch.setenv("KERASSNN_ZOO", str(CHECKOUT / "zoo"))


@pytest.mark.numeric
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=() if name in DIGITS else pytest.mark.slow)
        for name in WHOLE
    ],
)
def test_it_gives_the_stored_outputs(name):
    found = zoo.verify(name)
    assert found["agreeing"] >= found["inputs"] - 1


@pytest.mark.parametrize("name", DIGITS)  # `make cifar` does one of CIFAR
def test_its_accuracy_is_that_of_its_card(name):
    found = zoo.evaluate(name)
    # Two images: rounding differs between backends.
    off = abs(found["accuracy"] - found["card_accuracy"]) * found["images"]
    assert off <= 2.5


@pytest.mark.parametrize("name", NAMES)
def test_its_readme_is_made_of_its_card(name):
    text = (CHECKOUT / "zoo" / name / "README.md").read_text("utf-8")
    assert text == readme(zoo.card(name))


@pytest.mark.parametrize("name", NAMES)
def test_its_teacher_is_the_one_it_was_taught_by(name):
    for teacher in teachers_of(zoo.card(name)):
        digests = zoo.card(teacher["name"])["sha256"]
        assert digests["model.safetensors"] == teacher["sha256"]


@pytest.mark.parametrize("name", NAMES)
def test_no_path_of_a_machine_is_in_its_card(name):
    text = json.dumps(zoo.card(name))
    assert not any(part in text for part in ("/home/", "/tmp/", "/root/"))


@pytest.mark.skipif(not NAMES, reason="nothing is published")
def test_the_tables_are_up_to_date(tmp_path):
    for name in (*NAMES, "comparisons"):
        (tmp_path / name).symlink_to(CHECKOUT / "zoo" / name)
    results(tmp_path)
    for name in ("RESULTS.md", "results.csv"):
        written = (CHECKOUT / "zoo" / name).read_bytes()
        assert (tmp_path / name).read_bytes() == written, name
