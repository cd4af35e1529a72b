import json

import numpy as np
import pytest

from kerassnn import publishing
from kerassnn import zoo
from kerassnn.files import sha256
from kerassnn.publishing import describing
from kerassnn.zoo.network import build
from kerassnn.zoo.weights import read_half
from tests.zoo.conftest import ANN
from tests.zoo.conftest import SNN
from tests.zoo.conftest import make_run


def test_the_card_says_what_the_runs_say(entries):
    card = zoo.card(SNN)
    results = card["results"]
    assert results["accuracies"] == [0.5, 0.7]
    assert results["accuracy_mean"] == pytest.approx(0.6)
    assert results["accuracy_std"] == pytest.approx(0.1 * 2**0.5)
    assert results["baseline"]["recipe"] == "recipes/tiny_hard.py"
    assert results["paper"]["value"] == 0.9512
    assert card["teacher"] == {
        "name": ANN,
        "sha256": zoo.card(ANN)["sha256"]["model.safetensors"],
    }
    assert card["recipe"]["path"] == "recipes/tiny_kd.py"
    assert card["accuracy_by_timesteps"]["2"] == results["accuracy"]
    assert set(card["accuracy_by_timesteps"]) == set("12345678")
    assert set(card["firing_rates"]) >= {"stem_act", "stage3_block1_act2"}
    assert 0 < card["firing_rates"]["stem_act"] < 1
    assert card["energy"]["sops"] > 0
    assert card["references"] == ["1503.02531"]  # the method's own
    assert "averaged over time" in card["differences"]
    assert card["differences"].endswith(" It is made up.")


def test_an_ann_costs_macs_only(entries):
    card = zoo.card(ANN)
    assert card["energy"]["sops"] == 0
    assert card["energy"]["picojoules"] == pytest.approx(
        4.6 * card["energy"]["macs"]
    )
    assert card["accuracy_by_timesteps"] is card["firing_rates"] is None
    assert card["references"] == ["1512.03385"]  # the publisher's


def test_the_weights_are_those_of_the_first_run(published):
    run = published.parent / "runs" / "tiny_ann" / "0" / "student.weights.h5"
    model = build(json.loads((published / ANN / "card.json").read_text()))
    model.load_weights(run)
    given = model.get_weights()
    read_half(model, published / ANN / "model.safetensors")
    for a, b in zip(given, model.get_weights(), strict=True):
        expected = a.astype("float16") if a.ndim > 1 else a
        np.testing.assert_array_equal(expected, b)


def test_every_file_is_there_and_nothing_else(published):
    names = {ANN, SNN, "RESULTS.md", "results.csv"}
    assert {p.name for p in published.iterdir()} == names
    assert {p.name for p in (published / SNN).iterdir()} == {
        "README.md",
        "card.json",
        "history.csv",
        "model.safetensors",
        "probe.npz",
        "recipe.py",  # which kerassnn does not have
    }
    for file, digest in json.loads((published / SNN / "card.json").read_text())[
        "sha256"
    ].items():
        assert sha256(published / SNN / file) == digest


def publish_pair(tmp_path, name="tiny8_ann_digits", **second):
    root = tmp_path / "runs" / "tiny"
    runs = [
        make_run(root / "0", 0, spiking=False),
        make_run(root / "1", second.pop("seed", 1), spiking=False, **second),
    ]
    return publishing.publish(runs, name, tmp_path / "zoo")


@pytest.mark.parametrize(
    "second, match",
    [
        ({"seed": 0}, "distinct seeds"),
        ({"method": "SASTC"}, "another method"),
        ({"dataset": "cifar10"}, "another dataset"),
        ({"accuracy": None}, "accuracy"),
    ],
)
def test_runs_that_do_not_belong_together(tmp_path, second, match):
    with pytest.raises(ValueError, match=match):
        publish_pair(tmp_path, **second)
    assert not (tmp_path / "zoo").exists()


@pytest.mark.parametrize(
    "name", ["tiny8_ann_cifar10", "digits", "tiny8_digits", "Tiny_ann_digits"]
)
def test_the_name_must_fit(tmp_path, name):
    with pytest.raises(ValueError, match="<architecture>_<method>_digits"):
        publish_pair(tmp_path, name)


@pytest.mark.parametrize(
    "given",
    [
        {"references": "2501.08049"},
        {"references": ["2501.08049v2"]},
        {"references": None},
        {"differences": 3},
        {"licence": None},
        {"paper": 0.95},
        {"paper": {"value": 95.12, "tag": "V", "source": "abstract"}},
    ],
    ids=str,
)
def test_what_is_given_is_checked_before_any_measuring(tmp_path, given):
    run = make_run(tmp_path / "tiny" / "0", 0, spiking=False)
    with pytest.raises(ValueError, match=next(iter(given))):
        publishing.publish([run], ANN, tmp_path / "zoo", **given)
    assert not (tmp_path / "zoo").exists()


def test_an_unfinished_run_is_refused(tmp_path):
    run = make_run(tmp_path / "tiny" / "0", 0, spiking=False)
    (run / "result.json").unlink()
    with pytest.raises(ValueError, match="finished run"):
        publishing.publish([run], ANN, tmp_path / "zoo")


def test_a_run_on_a_streamed_set_is_refused(tmp_path):
    run = make_run(tmp_path / "tiny" / "0", 0, spiking=False)
    path = run / "result.json"
    result = json.loads(path.read_text()) | {"dataset": "imagenet2012"}
    path.write_text(json.dumps(result))
    with pytest.raises(ValueError, match="imagenet2012, which is streamed"):
        publishing.publish([run], "tiny8_ann_imagenet2012", tmp_path / "zoo")
    assert not (tmp_path / "zoo").exists()


@pytest.mark.parametrize("runs", [[], "runs/tiny/0"])
def test_runs_are_a_list(tmp_path, runs):
    with pytest.raises(ValueError, match="list of run folders"):
        publishing.publish(runs, ANN, tmp_path / "zoo")


@pytest.mark.slow
def test_a_failure_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(describing, "accuracy", lambda *args, **kwargs: 12.0)
    with pytest.raises(ValueError, match=r"\[0, 1\]"):
        publish_pair(tmp_path)
    assert list((tmp_path / "zoo").iterdir()) == []


@pytest.mark.slow
def test_an_entry_is_replaced_only_on_demand(entries, tmp_path):
    run = make_run(tmp_path / "tiny" / "5", 5, spiking=False)
    with pytest.raises(ValueError, match="overwrite=True"):
        publishing.publish([run], ANN, entries)
    assert zoo.card(ANN)["results"]["seeds"] == 2
    publishing.publish([run], ANN, entries, overwrite=True)
    assert zoo.card(ANN)["results"]["seeds"] == 1
    names = {ANN, SNN, "RESULTS.md", "results.csv"}
    assert {p.name for p in entries.iterdir()} == names


def test_a_baseline_is_the_same_network(tmp_path, entries):
    run = make_run(tmp_path / "tiny" / "0", 0, spiking=True)
    baseline = make_run(tmp_path / "plain" / "0", 0, spiking=False)
    with pytest.raises(ValueError, match="same builder"):
        publishing.publish(
            [run], "tiny8_hard_digits", entries, baseline_runs=[baseline]
        )
