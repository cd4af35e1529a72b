"""Images streamed from records that tensorflow-datasets wrote."""

import numpy as np
import pytest

from kerassnn import data
from tests.data import tfrecords

pytestmark = pytest.mark.slow  # what is written takes seconds
TRAIN = {"augment": True, "shuffle": True, "drop_remainder": True, "size": 16}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("tfds")
    tfrecords.write(root)
    return root


def records(folder, split="train", batch_size=8, **options):
    return data.Records(
        "imagenet2012", split, batch_size, data_dir=folder, **options
    )


def images(train):
    """Which images a feed gives, by their grey, and their labels."""
    found = []
    for x, y in train.feed():
        x, y = np.array(x), np.array(y)
        grey = (x * train.std + train.mean) * 255
        assert np.ptp(grey.reshape(len(x), -1), axis=1).max() < 1e-3
        shade = grey.mean(axis=(1, 2, 3))
        np.testing.assert_allclose(shade, 5 * y.argmax(axis=1), atol=1.01)
        found += y.argmax(axis=1).tolist()
    return found


def test_the_order_is_the_seeds_epochs_and_steps(folder):
    train = records(folder, **TRAIN)
    assert (train.steps, train.examples, train.classes) == (5, 44, 1000)
    first = images(train)
    assert len(set(first)) == 40 and first != sorted(first)
    assert images(train) == first == images(records(folder, **TRAIN))
    train.epoch = 1
    second = images(train)
    assert len(set(second)) == 40 and second != first
    # From the middle, and within the second group of files.
    for step in (2, 4):
        train.start_step = step
        assert images(train) == second[8 * step :]
    assert images(records(folder, seed=1, **TRAIN)) != first


def test_a_batch_is_the_same_whoever_prepares_it(folder):
    one = records(folder, **TRAIN)
    many = records(folder, workers=4, start_step=3, epoch=2, **TRAIN)
    x, y = one.batch(2, 3)
    assert x.shape == (8, 16, 16, 3) and x.dtype == np.float32
    fed, labels = next(iter(many.feed()))
    np.testing.assert_array_equal(fed, x)
    np.testing.assert_array_equal(labels, y)
    assert (one.epoch, one.start_step) == (0, 0)


def test_all_are_tested_on_once(folder):
    test = records(folder, "validation", batch_size=5, size=16)
    assert sorted(images(test)) == list(range(12))
    assert len(test) == len([*test.feed()]) == 3


def test_processes_share_a_batch(folder):
    shares = [records(folder, shard=(i, 2), **TRAIN) for i in range(2)]
    found = [images(share) for share in shares]
    assert [share.steps for share in shares] == [5, 5]
    assert [len(f) for f in found] == [20, 20]
    assert len({*found[0], *found[1]}) == 40


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"batch_size": 45, "drop_remainder": True}, "at least one batch"),
        ({"shard": (0, 3)}, "multiple"),
        ({"shard": (2, 2)}, "shard"),
        ({"start_step": 6}, "start_step"),
        ({"smallest": 0.0}, "smallest"),
        ({"split": "test"}, "test"),
    ],
)
def test_wrong_arguments_are_refused(folder, options, message):
    with pytest.raises(ValueError, match=message):
        records(folder, **options)


def test_what_is_not_there_is_told(folder, tmp_path):
    with pytest.raises(ValueError, match="not downloaded"):
        records(tmp_path)
    with pytest.raises(ValueError, match="imagenet2013"):
        data.Records("imagenet2013", "train", 8, data_dir=folder)
    broken = tmp_path / "imagenet2012" / "5.1.0"
    broken.mkdir(parents=True)
    (broken / "dataset_info.json").write_text("{")
    with pytest.raises(ValueError, match="5.1.0"):
        records(tmp_path)
    whole = folder / "imagenet2012" / "5.1.0"
    for path in whole.glob("*.json"):
        (broken / path.name).write_bytes(path.read_bytes())
    with pytest.raises(ValueError, match="files of train.*none of 10"):
        records(tmp_path)
