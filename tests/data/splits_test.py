import dataclasses

import numpy as np
import pytest

from kerassnn.data import Splits


@pytest.fixture
def splits():
    rng = np.random.default_rng(0)
    x = rng.integers(0, 256, (120, 6, 5, 3), dtype="uint8")
    y = np.arange(120, dtype="int32") % 4
    return Splits(
        name="made",
        classes=4,
        scale=255.0,
        mean=(0.5, 0.4, 0.3),
        std=(0.2, 0.25, 0.1),
        train=(x[:100], y[:100]),
        validation=None,
        test=(x[100:], y[100:]),
    )


def test_splits_are_shown_by_their_shapes(splits):
    assert repr(splits.hold_out(20)) == (
        "Splits('made', classes=4, train=(80, 6, 5, 3) uint8, "
        "validation=(20, 6, 5, 3) uint8, test=(20, 6, 5, 3) uint8)"
    )
    assert ", validation=None, " in repr(splits)


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_normalise_is_the_formula(splits, dtype):
    x = splits.train[0][:7].astype(dtype)
    expected = (x / 255.0 - splits.mean) / splits.std
    out = splits.normalise(x)
    assert out.dtype == np.float32
    np.testing.assert_allclose(out, expected, atol=2e-6)


def test_normalise_takes_any_leading_axes(splits):
    x = splits.train[0][:6]
    events = splits.normalise(x.reshape(2, 3, *x.shape[1:]))
    np.testing.assert_array_equal(events.reshape(x.shape), splits.normalise(x))


def test_hold_out_moves_images_and_loses_none(splits):
    held = splits.hold_out(20, seed=1)
    x = np.concatenate([held.train[0], held.validation[0]])
    assert len(held.validation[1]) == 20
    assert sorted(map(bytes, x)) == sorted(map(bytes, splits.train[0]))
    assert np.bincount(held.validation[1]).tolist() == [5, 5, 5, 5]
    assert held.test is splits.test
    other = splits.hold_out(20, seed=2)
    assert (other.validation[0] != held.validation[0]).any()


@pytest.mark.parametrize("n", [-1, 100, 101])
def test_hold_out_leaves_something_to_train_on(splits, n):
    with pytest.raises(ValueError, match="validation"):
        splits.hold_out(n)


def test_take_shrinks_every_part_and_keeps_pairs(splits):
    small = splits.hold_out(20).take(8)
    assert [len(p[1]) for p in (small.train, small.validation)] == [8, 8]
    assert np.bincount(small.train[1]).tolist() == [2, 2, 2, 2]
    rows = {bytes(x): y for x, y in zip(*splits.train, strict=True)}
    assert all(rows[bytes(x)] == y for x, y in zip(*small.train, strict=True))
    assert len(splits.take(50).test[1]) == 20
    with pytest.raises(ValueError, match="n=0"):
        splits.take(0)


def test_first_classes_keeps_all_of_their_images(splits):
    some = splits.hold_out(20).first_classes(3)
    assert some.classes == 3
    for part in ("train", "validation", "test"):
        x, y = getattr(splits.hold_out(20), part)
        assert (getattr(some, part)[0] == x[y < 3]).all()
        assert (getattr(some, part)[1] == y[y < 3]).all()
    assert splits.first_classes(4).validation is None
    named = dataclasses.replace(splits, class_names=tuple("abcd"))
    assert named.first_classes(3).class_names == tuple("abc")


def test_folds_test_each_image_once(splits, tmp_path):
    folds = [splits.hold_out(20).fold(k, 3) for k in range(3)]
    every = [bytes(x) for fold in folds for x in fold.test[0]]
    kept = splits.hold_out(20)
    assert sorted(every) == sorted(map(bytes, [*kept.train[0], *kept.test[0]]))
    for fold in folds:
        counts = np.bincount(fold.test[1])
        assert counts.max() - counts.min() <= 1
        seen = {bytes(x): y for x, y in zip(*fold.train, strict=True)}
        assert len(seen) + len(fold.test[1]) == 100
        assert not seen.keys() & {*map(bytes, fold.test[0])}
    rows = {bytes(x): y for x, y in zip(*splits.train, strict=True)}
    rows |= {bytes(x): y for x, y in zip(*splits.test, strict=True)}
    x, y = folds[1].train
    assert all(rows[bytes(a)] == b for a, b in zip(x, y, strict=True))


def test_a_fold_of_files_reads_what_is_asked_for(splits, tmp_path):
    files = []
    for name, (x, y) in (("a", splits.train), ("b", splits.test)):
        np.save(tmp_path / f"{name}.npy", x)
        files.append((np.load(tmp_path / f"{name}.npy", mmap_mode="r"), y))
    mapped = dataclasses.replace(splits, train=files[0], test=files[1])
    for part in ("train", "test"):
        found = getattr(mapped.fold(1, 4).take(12), part)
        wanted = getattr(splits.fold(1, 4).take(12), part)
        assert found[0].shape == wanted[0].shape
        assert found[0].ndim == 4  # as `Pipeline` asks
        np.testing.assert_array_equal(found[0][:], wanted[0][:])
        np.testing.assert_array_equal(found[0][3], wanted[0][3])
        np.testing.assert_array_equal(found[1], wanted[1])


@pytest.mark.parametrize(("k", "folds"), [(0, 1), (3, 3), (-1, 3), (0, 101)])
def test_a_fold_is_one_of_some(splits, k, folds):
    with pytest.raises(ValueError, match="k=|folds="):
        splits.fold(k, folds)


@pytest.mark.parametrize("k", [0, 1, 5])
def test_first_classes_of_those_there_are(splits, k):
    with pytest.raises(ValueError, match=f"k={k}"):
        splits.first_classes(k)


def test_few_labels_leaves_the_test_set_alone(splits):
    few = splits.few_labels(0.2, seed=1)
    assert np.bincount(few.train[1]).tolist() == [5, 5, 5, 5]
    rows = {bytes(x): y for x, y in zip(*splits.train, strict=True)}
    assert all(rows[bytes(x)] == y for x, y in zip(*few.train, strict=True))
    assert few.test is splits.test
    other = splits.few_labels(0.2, seed=2)
    assert (other.train[0] != few.train[0]).any()
    assert len(splits.few_labels(1.0).train[1]) == 100


@pytest.mark.parametrize("share", [0.0, -0.5, 1.5, 1e-4])
def test_few_labels_are_some(splits, share):
    with pytest.raises(ValueError, match="share="):
        splits.few_labels(share)


def test_fill_is_the_mean_colour_as_stored(splits):
    assert splits.fill == (128, 102, 76)
