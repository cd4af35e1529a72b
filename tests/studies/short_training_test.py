"""What the study of short trainings is made of does what its header says."""

from pathlib import Path

import numpy as np
import pytest

from kerassnn import data
from kerassnn import layers
from kerassnn import models
from kerassnn import studies
from kerassnn import training
from kerassnn.training.recipe_file import run_file

ROOT = Path(__file__).resolve().parents[2]
_, STUDY = run_file(ROOT / "recipes" / "studies" / "short_training.py")
X = np.random.default_rng(0).integers(0, 256, (40, 4, 6, 1), dtype="uint8")


def test_alternating_flips_show_every_image_both_ways_in_turns():
    train = STUDY["Alternating"](X, np.arange(40) % 3, 8, seed=5)
    turned = np.zeros((4, 40), bool)
    for epoch in range(4):
        for step in range(train.steps):
            x, _ = train.batch(epoch, step)
            for image, i in zip(x, train.chosen(epoch, step), strict=True):
                turned[epoch, i] = (image == X[i, :, ::-1]).all()
                assert turned[epoch, i] or (image == X[i]).all()
    np.testing.assert_array_equal(turned[1], ~turned[0])
    np.testing.assert_array_equal(turned[2:], turned[:2])
    assert 8 < turned[0].sum() < 32


def test_a_learned_start_is_the_potential_before_the_first_step():
    x = np.random.default_rng(1).normal(size=(3, 4, 5)).astype("float32")
    neuron = STUDY["LearnedStart"]()
    np.testing.assert_array_equal(neuron(x), layers.LIF()(x))
    neuron.start.assign(np.full(5, 0.75))
    np.testing.assert_array_equal(neuron(x), layers.LIF(v_init=0.75)(x))


@pytest.mark.slow
@pytest.mark.parametrize("first", ["one step", "rates"])
def test_a_first_half_trains_the_weights_that_the_second_begins_with(
    first, monkeypatch
):
    cfg = STUDY["Config"](
        **{**STUDY["SMOKE"], "dataset": "digits", "crop": 0, "flip": False},
        first=first,
        passes=1.5,
    )
    splits = data.load("digits").hold_out(cfg.validation).take(128)
    train = training.classification.pipeline(cfg, splits)
    batch, seen = train.batch, []

    def noted(*place):
        seen.append(place)
        return batch(*place)

    monkeypatch.setattr(train, "batch", noted)
    ann = models.Builder(models.ResNet8, width=4)
    snn = ann.replace(timesteps=2, neuron=layers.LIF())
    # Of 8x8 images, in place of ResNet-19; `begun` looks it up here.
    monkeypatch.setitem(STUDY, "student", lambda cfg: snn)
    net = snn()
    before = net.get_weights()
    found = STUDY["begun"](cfg, net, ann(), train)
    # An epoch and a half, none of it what an epoch of the second half shows.
    assert seen == [(1, 0), (1, 1), (2, 0)]
    assert models.transfer(found, net) == []
    for a, b in zip(before, net.get_weights(), strict=True):
        assert np.any(a != b)
    steps = {layer.name: layer for layer in found.layers}.get("logits_t")
    assert (steps is not None) == (first == "one step")
    assert steps is None or steps.output.shape[1] == 1


def test_held_out_images_take_the_place_of_the_test_images():
    cfg = studies.Cifar10(dataset="digits", crop=0, validation=100)
    splits, train = training.classification.read(cfg)
    found = studies.on_held_out(splits, train)
    assert found.test_images == 100 and found.validation is None
    np.testing.assert_array_equal(
        found.test[0], splits.normalise(splits.validation[0])
    )
    with pytest.raises(ValueError, match="validation=0"):
        studies.on_held_out(data.load("digits"), train)
