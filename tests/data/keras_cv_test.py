import sys

import numpy as np
import pytest

from kerassnn.data import Augment
from kerassnn.data import KerasCV
from kerassnn.data import Pipeline


def batch():
    rng = np.random.default_rng(0)
    x = rng.integers(1, 256, (6, 16, 16, 3), dtype="uint8")
    return x, np.eye(6, dtype="float32")


def test_without_keras_cv_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "keras_cv", None)
    with pytest.raises(ImportError, match=r"pip install kerassnn\[cv\]"):
        KerasCV("GridMask")


LAYERS = {
    "GridMask": {"fill_mode": "constant"},
    "RandomCutout": {"height_factor": 0.5, "width_factor": 0.5},
    "ChannelShuffle": {"groups": 3},
    "RandomHue": {"factor": 0.5, "value_range": (0, 255), "seed": 3},
    "FourierMix": {},
    "Mosaic": {},
    "MixUp": {},
    "CutMix": {},
}


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_is_decided_by_the_generator(name):
    pytest.importorskip("keras_cv")
    augment = KerasCV(name, **LAYERS[name])
    runs = [augment(*batch(), np.random.default_rng(s)) for s in (0, 1, 0)]
    x, y = runs[0]
    assert isinstance(x, np.ndarray) and x.shape == (6, 16, 16, 3)
    np.testing.assert_allclose(y.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_array_equal(x, runs[2][0])
    np.testing.assert_array_equal(y, runs[2][1])
    assert (x != runs[1][0]).any() and (x != batch()[0]).any()


def test_layers_within_a_layer_are_seeded_too():
    layers = pytest.importorskip("keras_cv").layers
    inner = [layers.RandomHue(0.5, (0, 255), seed=1), layers.ChannelShuffle()]
    augment = KerasCV(layers.RandomChoice(inner))
    runs = [augment(*batch(), np.random.default_rng(s)) for s in (0, 1, 0)]
    np.testing.assert_array_equal(runs[0][0], runs[2][0])
    assert (runs[0][0] != runs[1][0]).any()


def test_it_feeds_a_pipeline_after_our_own():
    pytest.importorskip("keras_cv")
    x, _ = batch()
    augment = KerasCV("ChannelShuffle", first=Augment(crop=2))
    y = np.arange(6)
    train = [Pipeline(x, y, 3, augment=augment) for _ in range(2)]
    for (x, y), (again, _) in zip(*train, strict=True):
        assert x.dtype == np.float32 and y.dtype == np.int32
        np.testing.assert_array_equal(x, again)


def test_an_unknown_layer_is_refused():
    pytest.importorskip("keras_cv")
    with pytest.raises(ValueError, match="NoSuchLayer"):
        KerasCV("NoSuchLayer")
