"""What a card says of networks that run at other T, or only at their own."""

import json

import keras
import numpy as np
import pytest

from kerassnn import data
from kerassnn import layers
from kerassnn import models
from kerassnn import publishing
from kerassnn import zoo
from kerassnn.zoo.evaluation import accuracy
from tests.zoo.conftest import SNN
from tests.zoo.conftest import make_run


@pytest.mark.slow
def test_the_accuracy_at_each_t_is_that_of_the_net_run_at_it(entries):
    found = zoo.card(SNN)["accuracy_by_timesteps"]
    preprocessing = zoo.card(SNN)["preprocessing"]
    x, y = data.load("digits").test
    for timesteps in (1, 3, 8):
        net = models.at_timesteps(zoo.load(SNN), timesteps)
        expected = accuracy(net, preprocessing, x, y)
        # One image: the sums of a longer batch may be rounded otherwise.
        assert abs(found[str(timesteps)] - expected) < 1.5 / len(y)
    assert len(set(found.values())) > 1


@pytest.mark.slow
def test_a_rate_based_network_becomes_its_plain_twin(tmp_path, monkeypatch):
    neuron = layers.LIF.rate_based()
    size = {"timesteps": 2, "width": 4}
    flow = models.RateBased(neuron)
    rated = models.Builder(models.ResNet8, flow=flow, **size)
    plain = models.Builder(models.ResNet8, neuron=neuron, **size)
    run, baseline = (
        make_run(tmp_path / recipe / "0", 0, spiking=True, builder=builder)
        for recipe, builder in (("rated", rated), ("plain", plain))
    )
    folder = publishing.publish(
        [run],
        "tiny8_block_digits",
        tmp_path / "zoo",
        baseline_runs=[baseline],
    )
    monkeypatch.setenv("KERASSNN_ZOO", str(folder.parent))
    card = zoo.card(folder.name)
    arguments = card["builder"]["arguments"]
    assert arguments.pop("neuron")["registered_name"] == "kerassnn>LIF"
    assert arguments == size
    assert card["results"]["baseline"]["recipe"] == "recipes/plain.py"
    assert card["method_arguments"]["flow"]["class_name"] == "RateBased"
    assert set(card["accuracy_by_timesteps"]) == set("12345678")
    assert set(card["firing_rates"]) >= {"stem_act", "stage3_block1_act2"}
    assert "rate-based" in (folder / "README.md").read_text()

    trained, net = rated(), zoo.load(folder.name)
    trained.load_weights(run / "student.weights.h5")
    halves = [w.astype("float16") for w in trained.get_weights() if w.ndim > 1]
    given = [w for w in net.get_weights() if w.ndim > 1]
    for a, b in zip(halves, given, strict=True):
        np.testing.assert_array_equal(a, b)
    models.transfer(net, trained, may_differ=())
    x = np.random.default_rng(0).normal(size=(16, 8, 8, 1)).astype("float32")
    spikes, _ = trained.get_layer("head").output
    stream = keras.Model(trained.inputs, spikes).predict(x, verbose=0)
    assert stream.shape == (16, 2, 10) and np.ptp(stream) > 0
    logits = net.predict(x, verbose=0)
    np.testing.assert_allclose(logits, stream.mean(axis=1), atol=1e-6)
    np.testing.assert_array_equal(logits, trained.predict(x, verbose=0))


@pytest.mark.slow
@pytest.mark.parametrize(
    "builder",
    [
        models.Builder(
            models.STAAVGG11,
            neuron=layers.AdaptiveLIF(v_threshold=0.1),
            input_shape=(8, 8, 1),
            timesteps=2,
            width=2,
        ),
        models.Builder(
            models.ResNet8,
            neuron=layers.ParametricLIF(v_threshold=0.5),
            norm=layers.TEBN(),
            timesteps=2,
            width=4,
        ),
    ],
    ids=["staa", "tebn"],
)
def test_a_network_bound_to_its_t_says_its_accuracy_there(tmp_path, builder):
    run = make_run(tmp_path / "tiny" / "0", 0, spiking=True, builder=builder)
    folder = publishing.publish([run], "tiny8_kd_digits", tmp_path / "zoo")
    card = json.loads((folder / "card.json").read_text())
    expected = {"2": card["results"]["accuracy"]}
    assert card["accuracy_by_timesteps"] == expected
    assert card["energy"]["macs"] > 0
