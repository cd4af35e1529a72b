"""Augmentation of event frames: seeded, and what each one does."""

import numpy as np
import pytest

from kerassnn import data
from kerassnn.data.augmentation import event_operations as ops

CHANGES = {
    "flip": data.EventAugment(roll=0),
    "roll": data.EventAugment(flip=False, roll=3),
    "rotate": data.EventAugment(flip=False, roll=0, rotate=30),
    "shear": data.EventAugment(flip=False, roll=0, shear=0.5),
    "time": data.EventAugment(flip=False, roll=0, time_crop=2),
    "drop": data.EventAugment(flip=False, roll=0, policy=data.EventDrop()),
    "nda": data.EventAugment(flip=False, roll=0, policy=data.NDA()),
    "cutout": data.EventAugment(flip=False, roll=0, cutout=6),
}


@pytest.fixture
def x():
    rng = np.random.default_rng(0)
    return rng.poisson(0.5, (16, 5, 12, 14, 2)).astype("uint16")


@pytest.mark.parametrize("name", CHANGES)
def test_seeded_and_of_the_same_shape(x, name):
    y = np.arange(16)
    before = x.copy()
    outs = [
        CHANGES[name](x, y, np.random.default_rng(seed))[0]
        for seed in (1, 1, 2)
    ]
    np.testing.assert_array_equal(x, before)
    np.testing.assert_array_equal(outs[0], outs[1])
    assert (outs[0] != outs[2]).any() and (outs[0] != x).any()
    assert outs[0].shape == x.shape and outs[0].dtype == x.dtype
    assert outs[0].sum() <= x.sum()


@pytest.mark.parametrize("name", ["flip", "roll", "rotate", "shear", "cutout"])
def test_all_frames_of_a_recording_move_alike(x, name):
    still = np.repeat(x[:, :1], 5, axis=1)
    out, _ = CHANGES[name](still, None, np.random.default_rng(0))
    np.testing.assert_array_equal(out, np.repeat(out[:, :1], 5, axis=1))


def test_flip_and_roll_lose_nothing(x):
    out = ops.flip(x, np.arange(16) < 4)
    np.testing.assert_array_equal(out[:4], x[:4, :, :, ::-1])
    np.testing.assert_array_equal(out[4:], x[4:])
    down, right = np.arange(16) - 8, np.arange(16) % 5
    out = ops.roll(x, down, right)
    for i in range(16):
        expected = np.roll(x[i], (down[i], right[i]), axis=(1, 2))
        np.testing.assert_array_equal(out[i], expected)


def test_time_crop_keeps_a_run_of_frames(x):
    x = x + 1
    out, _ = CHANGES["time"](x, None, np.random.default_rng(0))
    full = out.astype(bool).all(axis=(2, 3, 4))
    assert (full.sum(axis=1) == 3).all()
    assert {tuple(np.flatnonzero(row)) for row in full} == {
        (0, 1, 2),
        (1, 2, 3),
        (2, 3, 4),
    }
    np.testing.assert_array_equal(out[full], x[full])


def test_cutout_empties_one_square(x):
    x = x + 1
    sizes = np.arange(16)
    out = ops.cutout(x, sizes, np.random.default_rng(0))
    for i in range(16):
        holes = (out[i] == 0).all(axis=(0, 3))
        rows, cols = holes.any(axis=1), holes.any(axis=0)
        assert holes.sum() == rows.sum() * cols.sum()
        assert max(rows.sum(), cols.sum()) <= sizes[i]
        assert (i == 0) == (holes.sum() == 0)


def test_events_are_dropped_by_their_share():
    x = np.full((2, 4, 30, 30, 2), 10, "uint16")
    share = np.array([0.1, 0.7])
    out = ops.drop_events(x, share, np.random.default_rng(0))
    kept = out.mean(axis=(1, 2, 3, 4)) / 10
    np.testing.assert_allclose(kept, 1 - share, atol=0.01)
    out = ops.drop_events(x / 10, share, np.random.default_rng(0))
    kept = out.mean(axis=(1, 2, 3, 4))
    np.testing.assert_allclose(kept, 1 - share, atol=0.02)


def test_event_drop_draws_all_four():
    x = np.full((64, 10, 20, 20, 2), 9, "uint16")
    out = data.EventDrop()(x, np.random.default_rng(0))
    same = (out == x).all(axis=(1, 2, 3, 4))
    in_time = (out == 0).all(axis=(2, 3, 4)).any(axis=1)
    in_area = (out == 0).all(axis=(1, 4)).any(axis=(1, 2))
    thinned = ((out > 0) & (out < 9)).any(axis=(1, 2, 3, 4))
    assert np.stack([same, in_time, in_area, thinned]).any(axis=1).all()
    assert (same | in_time | in_area | thinned).all()


BAD = [
    ("flip", 1),
    ("roll", 2.5),
    ("rotate", float("nan")),
    ("rotate", 200),
    ("shear", float("inf")),
    ("time_crop", True),
    ("cutout", -1),
    ("policy", "nda"),
]


@pytest.mark.parametrize("name,value", BAD)
def test_arguments(name, value):
    with pytest.raises(ValueError, match=f"received: {name}="):
        data.EventAugment(**{name: value})


def test_other_arrays_are_refused(x):
    with pytest.raises(ValueError, match="x.shape"):
        data.EventAugment()(x[:, 0], None, np.random.default_rng(0))
    with pytest.raises(ValueError, match="time_crop=5"):
        data.EventAugment(time_crop=5)(x, None, np.random.default_rng(0))


def test_in_a_pipeline(x):
    batches = data.Pipeline(
        x, np.arange(16) % 4, 4, augment=data.EventAugment(), one_hot=4
    )
    again = data.Pipeline(
        x, np.arange(16) % 4, 4, augment=data.EventAugment(), one_hot=4
    )
    np.testing.assert_array_equal(batches[1][0], again[1][0])
    assert batches[0][0].dtype == np.float32
