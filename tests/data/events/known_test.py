"""What is said of event sets beforehand is what their files give."""

import pytest

from kerassnn import data
from kerassnn.data.events.known import event_sets
from kerassnn.training import EventConfig
from tests.data.events import layouts


def test_all_but_one_are_known():
    events = {n for n in data.NAMES if n in layouts.LAYOUTS}
    simulated = {n for n in data.NAMES if n.endswith("_saccades")}
    assert set(event_sets()) == (events | simulated) - {"ncaltech101"}


@pytest.mark.parametrize("name", ("nmnist", "cifar10dvs", "dvsgesture", "shd"))
def test_classes_and_shape(name, tmp_path):
    layouts.LAYOUTS[name](tmp_path)
    splits = data.load(name, data_dir=tmp_path, timesteps=2)
    classes, shape = event_sets()[name]
    assert splits.classes == classes
    assert splits.input_shape == (2, *shape)


def test_simulated_ones(tmp_path, monkeypatch):
    monkeypatch.setenv("KERASSNN_HOME", str(tmp_path))
    images = data.load("digits").take(10)
    monkeypatch.setattr(
        "kerassnn.data.sources.digits.read",
        lambda: (images.train, images.test),
    )
    config = EventConfig(dataset="digits_saccades", timesteps=2)
    splits = data.load("digits_saccades", **config.framing)
    assert splits.input_shape == config.input_shape
    assert splits.classes == config.classes
    config = EventConfig(dataset="digits_saccades", timesteps=3, size=7)
    splits = data.load("digits_saccades", **config.framing)
    assert splits.input_shape == config.input_shape == (3, 7, 7, 2)
