import numpy as np
import pytest

from kerassnn.data import Augment
from kerassnn.data import AutoAugment
from kerassnn.data.augmentation.mixing import mix


@pytest.fixture
def batch():
    rng = np.random.default_rng(0)
    x = rng.integers(0, 256, (32, 16, 16, 3), dtype="uint8")
    return x, np.eye(4, dtype="float32")[np.arange(32) % 4]


ALL = Augment(
    crop=4, cutout=8, policy=AutoAugment(), mixup=0.2, cutmix=1.0, fill=3
)


def test_the_generator_decides_and_inputs_stay(batch):
    x, y = batch[0].copy(), batch[1].copy()
    runs = [ALL(x, y, np.random.default_rng(s)) for s in (0, 0, 1)]
    np.testing.assert_array_equal(runs[0][0], runs[1][0])
    np.testing.assert_array_equal(runs[0][1], runs[1][1])
    assert (runs[0][0] != runs[2][0]).any()
    np.testing.assert_array_equal(x, batch[0])
    np.testing.assert_array_equal(y, batch[1])


def test_without_mixing_labels_and_dtype_stay(batch):
    augment = Augment(cutout=4, policy=AutoAugment())
    x, y = augment(*batch, np.random.default_rng(0))
    assert x.dtype == np.uint8 and y is batch[1]


def constant_images(n=64):
    """Image i is i everywhere, its label too."""
    x = np.arange(n, dtype="uint8")[:, None, None, None]
    return np.broadcast_to(x, (n, 10, 8, 3)), np.eye(n, dtype="float32")


def test_mixup_mixes_images_as_labels():
    x, y = constant_images()
    mixed, soft = mix(x, y, np.random.default_rng(0), 1.0, 0.0)
    expected = soft @ np.arange(64)
    np.testing.assert_allclose(mixed[:, 0, 0, 0], expected, atol=1e-4)
    assert np.ptp(mixed, axis=(1, 2, 3)).max() < 1e-5
    assert ((soft > 0).sum(axis=1) <= 2).all()
    np.testing.assert_allclose(soft.sum(axis=1), 1, atol=1e-6)
    assert soft.dtype == mixed.dtype == np.float32
    # Beta(1, 1) is uniform; one draw for a whole batch would not spread.
    assert np.std(soft.max(axis=1)) > 0.08


def test_cutmix_labels_are_the_areas():
    x, y = constant_images()
    mixed, soft = mix(x, y, np.random.default_rng(0), 0.0, 1.0)
    for i in range(64):
        own = mixed[i, :, :, 0] == i
        other = soft[i].copy()
        other[i] = 0
        if (soft[i] > 0).sum() == 2:
            np.testing.assert_allclose(soft[i, i], own.mean(), atol=1e-6)
            assert set(np.unique(mixed[i])) <= {float(i), float(other.argmax())}
        rows, cols = (~own).any(axis=1).sum(), (~own).any(axis=0).sum()
        assert (~own).sum() == rows * cols
    holes = 1 - np.diag(soft)
    assert 0.1 < holes.mean() < 0.5 and holes.std() > 0.1


def test_asked_for_both_every_image_gets_one():
    x, y = constant_images()
    mixed, _ = mix(x, y, np.random.default_rng(0), 1.0, 1.0)
    whole = mixed == np.floor(mixed)
    cut = whole.all(axis=(1, 2, 3))
    assert 15 < cut.sum() < 49


BAD = [
    {"crop": -1},
    {"crop": 1.5},
    {"cutout": -1},
    {"mixup": -0.1},
    {"cutmix": -1},
    {"policy": "autoaugment"},
    {"pad": "edge"},
]


@pytest.mark.parametrize("arguments", BAD)
def test_bad_arguments_are_named(arguments):
    with pytest.raises(ValueError, match=next(iter(arguments))):
        Augment(**arguments)


def test_padding_beyond_the_image_is_refused(batch):
    with pytest.raises(ValueError, match="crop=16"):
        Augment(crop=16)(*batch, np.random.default_rng(0))


def test_mixing_class_indices_is_refused(batch):
    x, y = batch
    with pytest.raises(ValueError, match="one-hot"):
        Augment(mixup=1.0)(x, y.argmax(1), np.random.default_rng(0))
