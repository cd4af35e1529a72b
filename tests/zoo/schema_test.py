import copy
import json

import pytest

from kerassnn.zoo.schema import CARD
from kerassnn.zoo.schema import check_card
from tests.zoo.conftest import ANN
from tests.zoo.conftest import SNN


def nested(depth):
    return [nested(depth - 1)] if depth else []


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
        ("card_version", 1),
        ("energy.macs", 10**400),
        ("energy.sops", -1),
        ("parameters", -5),
        ("parameters", 10**12),
        ("timesteps", 0),
        ("timesteps", 10**6),
        ("training.epochs", -1),
        ("preprocessing.scale", 0),
        ("preprocessing.std", [0.0]),
        ("preprocessing.std", [0.5, 0.5]),
        ("preprocessing.layout", "BCHW"),
        ("results.accuracy_mean", 0.1),
        ("classes", []),
        ("classes", ["zero", "zero"]),
        ("classes", ["\x1b[2J", "one"]),
        ("licence", "Apache\u202e"),
        ("dataset", "cifar10"),
        ("builder.arguments", {"classes": 7}),
        ("builder.arguments", {"a": nested(40)}),
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


@pytest.mark.parametrize(
    "arguments", [{"timesteps": 3}, {"input_shape": [3, 8, 8, 1]}]
)
def test_timesteps_of_card_and_builder_agree(published, arguments):
    card = json.loads((published / SNN / "card.json").read_text())
    card["builder"]["arguments"] |= arguments
    with pytest.raises(ValueError, match="timesteps=2, the card's"):
        check_card(card)


def test_an_ann_has_no_timesteps(published):
    card = json.loads((published / SNN / "card.json").read_text())
    del card["builder"]["arguments"]["neuron"]
    with pytest.raises(ValueError, match="timesteps: expected null of an ANN"):
        check_card(card)
    card = json.loads((published / ANN / "card.json").read_text())
    spiking = json.loads((published / SNN / "card.json").read_text())
    card["builder"] = spiking["builder"]
    with pytest.raises(ValueError, match="timesteps"):
        check_card(card)
