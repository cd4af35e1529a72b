"""Networks of event frames are published as those of images are."""

import keras
import numpy as np
import pytest

from kerassnn import data
from kerassnn import layers
from kerassnn import models
from kerassnn import publishing
from kerassnn import zoo
from tests.data.events import layouts
from tests.zoo.conftest import make_run

ANN, SNN = "tiny_ann_nmnist", "tiny_kd_nmnist"
SHAPE = (3, 17, 17, 2)  # of recordings of 34 x 34 pixels


def runs(root, spiking):
    builder = models.Builder(
        models.VGGSNN, classes=10, input_shape=SHAPE, width=2
    )
    given = {"dataset": "nmnist", "builder": builder, "timesteps": None}
    if spiking:
        neuron = layers.LIF(tau=2.0, v_threshold=0.1)
        builder.arguments |= {"timesteps": 3, "neuron": neuron}
        given |= {"teacher": ANN, "timesteps": 3}
    folder = root / ("tiny_kd" if spiking else "tiny_ann") / "0"
    return [make_run(folder, 0, spiking=spiking, **given)]


@pytest.mark.slow
def test_an_ann_and_an_snn_of_frames(tmp_path, monkeypatch):
    monkeypatch.setenv("KERASSNN_ZOO", str(tmp_path / "zoo"))
    layouts.nmnist(tmp_path)
    for name, spiking in ((ANN, False), (SNN, True)):
        found = runs(tmp_path / "runs", spiking)
        publishing.publish(found, name, tmp_path / "zoo", data_dir=tmp_path)
        card = zoo.card(name)
        assert card["preprocessing"]["layout"] == "BTHWC"
        assert card["builder"]["arguments"]["input_shape"] == [*SHAPE]
        measured = zoo.evaluate(name, data_dir=tmp_path)
        assert measured["images"] == 20
        assert measured["accuracy"] == card["results"]["accuracy"]
    assert card["timesteps"] == 3
    assert card["accuracy_by_timesteps"] == {"3": card["results"]["accuracy"]}
    assert card["energy"]["sops"] > 0
    splits = data.load(
        "nmnist", data_dir=tmp_path, timesteps=3, size=SHAPE[1:3]
    )
    x, y = splits.test
    plain = zoo.load(SNN).predict(splits.normalise(x), verbose=0)
    assert np.mean(plain.argmax(-1) == y) == measured["accuracy"]
    stored = zoo.load(SNN, preprocess=True)
    np.testing.assert_array_equal(stored.predict(x, verbose=0), plain)
    with pytest.warns(UserWarning, match="trained at timesteps=3"):
        longer = zoo.load(SNN, timesteps=4)
    assert longer.input_shape == (None, 4, 17, 17, 2)
    once_more = np.concatenate([x, x[:, -1:]], axis=1).astype("float32")
    steps = [
        keras.Model(net.input, net.get_layer("logits_t").output)
        for net in (zoo.load(SNN), longer)
    ]
    np.testing.assert_allclose(
        steps[1].predict(once_more, verbose=0)[:, :3],
        steps[0].predict(splits.normalise(x), verbose=0),
        rtol=1e-4,
        atol=1e-5,
    )
