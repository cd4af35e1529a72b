import copy
import json

import pytest

from kerassnn.zoo.schema import CARD
from kerassnn.zoo.schema import check_card
from tests.zoo.conftest import ANN
from tests.zoo.conftest import SNN


@pytest.fixture(params=[ANN, SNN])
def card(published, request):
    return json.loads((published / request.param / "card.json").read_text())


def test_a_published_card_passes(card):
    check_card(card)
    assert set(card) == set(CARD)


@pytest.mark.parametrize("key", sorted(CARD))
def test_every_key_is_needed(card, key):
    del card[key]
    with pytest.raises(ValueError, match=rf"missing=\['{key}'\]"):
        check_card(card)


def test_unknown_keys_are_named_with_their_place(card):
    card["results"]["best"] = 0.99
    with pytest.raises(ValueError, match=r"card.results.*unknown=\['best'\]"):
        check_card(card)


@pytest.mark.parametrize(
    "path, value",
    [
        ("parameters", "12"),
        ("parameters", True),
        ("parameters", None),
        ("card_version", 2),
        ("name", "../resnet8_ann_digits"),
        ("recipe.path", "recipes/../../secret.py"),
        ("recipe.sha256", "abc"),
        ("results.seeds", 3),
        ("results.accuracy", 97.5),
        ("results.accuracy", float("nan")),
        ("results.paper", {"value": 0.9, "tag": "V"}),
        ("preprocessing.mean", 0.5),
        ("references", ["see the web"]),
        ("sha256", {}),
        ("teacher", "resnet8_ann_digits"),
    ],
)
def test_wrong_values_are_errors(card, path, value):
    card = copy.deepcopy(card)
    *parents, last = path.split(".")
    place = card
    for key in parents:
        place = place[key]
    place[last] = value
    with pytest.raises(ValueError, match="expected .*received"):
        check_card(card)


@pytest.mark.parametrize("name", ["../weights.h5", "/etc/passwd", "a/b", ".."])
def test_a_file_outside_the_folder_is_an_error(card, name):
    card["sha256"][name] = "0" * 64
    with pytest.raises(ValueError, match="expected .*received"):
        check_card(card)


def test_an_ann_has_no_firing_rates(card):
    card["firing_rates"] = None if card["timesteps"] else {"stem_act": 0.1}
    with pytest.raises(ValueError, match="firing_rates"):
        check_card(card)
