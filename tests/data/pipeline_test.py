import keras
import numpy as np
import pytest

from kerassnn.data import Augment
from kerassnn.data import Pipeline

N = 50
FULL = {"drop_remainder": True}


def arrays():
    rng = np.random.default_rng(0)
    x = rng.integers(0, 256, (N, 8, 8, 1), dtype="uint8")
    return x, (np.arange(N) % 3).astype("int32")


def pipeline(**arguments):
    settings = {"augment": Augment(crop=2), "seed": 7, **arguments}
    return Pipeline(*arrays(), 8, **settings)


def numbered(**arguments):
    """A pipeline whose image i is i everywhere."""
    x = np.arange(N, dtype="uint8")[:, None, None, None]
    x = np.broadcast_to(x, (N, 2, 2, 1))
    return Pipeline(x, np.arange(N), 8, **arguments)


def same(a, b):
    return all(np.array_equal(i, j) for i, j in zip(a, b, strict=True))


def test_an_epoch_shows_every_image_once_with_its_label():
    train = numbered()
    for _ in range(2):
        x, y = (np.concatenate(p) for p in zip(*train, strict=True))
        np.testing.assert_array_equal(x[:, 0, 0, 0], y)
        assert sorted(y) == list(range(N)) and list(y) != list(range(N))
        assert y.dtype == np.int32 and x.dtype == np.float32
        train.on_epoch_end()


def test_epochs_have_their_own_order_and_augmentation():
    train = pipeline()
    first = train[0]
    train.on_epoch_end()
    assert train.epoch == 0  # One batch is not an epoch.
    list(train)
    train.on_epoch_end()
    assert train.epoch == 1 and not same(first, train[0])
    still = pipeline(shuffle=False)
    assert not same(still.batch(0, 0), still.batch(1, 0))
    assert same(
        pipeline(augment=None, shuffle=False).batch(0, 0),
        pipeline(augment=None, shuffle=False).batch(1, 0),
    )


def test_a_batch_depends_on_seed_epoch_and_step_alone():
    straight = list(pipeline(epoch=3))
    backwards = pipeline(epoch=1)
    list(backwards)
    backwards.epoch = 3
    for step in reversed(range(len(backwards))):
        assert same(backwards[step], straight[step])
    assert not same(pipeline(epoch=3, seed=8)[0], straight[0])


def test_the_images_of_a_batch_can_be_told():
    for part in (numbered(), *(numbered(shard=(i, 2), **FULL) for i in (0, 1))):
        for epoch, step in ((0, 0), (1, 4)):
            _, y = part.batch(epoch, step)
            np.testing.assert_array_equal(part.chosen(epoch, step), y)


def test_start_step_leaves_out_the_first_batches_once():
    whole, late = pipeline(epoch=2), pipeline(epoch=2, start_step=5)
    assert (len(whole), len(late)) == (7, 2)
    assert same(late[0], whole[5]) and same(late[1], whole[6])
    for train in (whole, late):
        list(train)
        train.on_epoch_end()
    assert late.start_step == 0 and same(late[0], whole[0])


def test_steps_do_not_share_their_random_numbers():
    draws = []

    def record(x, y, rng):
        draws.append(rng.random())
        return x, y

    train = pipeline(augment=record)
    for epoch in range(3):
        draws.append(np.random.default_rng([7, epoch]).random())
        list(train)
        train.on_epoch_end()
    assert len(set(draws)) == 3 * 8


def test_the_remainder_is_kept_or_dropped():
    assert [len(y) for _, y in pipeline()] == [8] * 6 + [2]
    assert [len(y) for _, y in pipeline(drop_remainder=True)] == [8] * 6


def test_labels_one_hot_and_mixed():
    plain = pipeline(shuffle=False, augment=None)[0][1]
    _, y = pipeline(shuffle=False, augment=None, one_hot=3)[0]
    assert y.dtype == np.float32
    np.testing.assert_array_equal(y.argmax(axis=1), plain)
    x, y = pipeline(augment=Augment(mixup=1.0), one_hot=3)[0]
    np.testing.assert_allclose(y.sum(axis=1), 1, atol=1e-6)
    assert y.max(axis=1).min() < 1 and x.dtype == np.float32


def small_model():
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(3)]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(1e-4), loss)
    return model


class Seen(Pipeline):
    """Remembers which batches were asked for."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.seen = []

    def batch(self, epoch, step):
        self.seen.append((epoch, step))
        return super().batch(epoch, step)


def fitted(**arguments):
    train = Seen(
        *arrays(), 3, augment=Augment(crop=2), drop_remainder=True, **arguments
    )
    model = small_model()
    history = model.fit(train, epochs=3, shuffle=False, verbose=0)
    return train, model.get_weights(), history.history["loss"]


def test_fit_walks_through_epochs_and_steps():
    train, _, losses = fitted()
    wanted = [(epoch, step) for epoch in range(3) for step in range(16)]
    assert sorted(set(train.seen)) == wanted
    assert train.epoch == 3 and len(losses) == 3


@pytest.mark.parametrize("workers", [2, 3])
def test_workers_change_nothing(workers):
    _, alone, losses = fitted(workers=1)
    train, shared, again = fitted(workers=workers)
    assert losses == again and train.epoch == 3
    for a, b in zip(alone, shared, strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_fit_continued_in_an_epoch_equals_one_in_a_piece():
    _, whole, _ = fitted()
    model = small_model()
    first = Pipeline(*arrays(), 3, augment=Augment(crop=2), drop_remainder=True)
    for step in range(4):
        model.train_on_batch(*first[step])
    rest = Pipeline(
        *arrays(),
        3,
        augment=Augment(crop=2),
        drop_remainder=True,
        start_step=4,
    )
    model.fit(rest, epochs=1, shuffle=False, verbose=0)
    model.fit(rest, initial_epoch=1, epochs=3, shuffle=False, verbose=0)
    for a, b in zip(whole, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


BAD = {
    "batch_size": {"batch_size": 0},
    "drop_remainder": {"batch_size": 51, "drop_remainder": True},
    "seed": {"seed": -1},
    "epoch": {"epoch": -1},
    "start_step": {"start_step": 7},
    "workers": {"workers": 0},
    "labels": {"one_hot": 2},
    "one_hot": {"augment": Augment(cutmix=1.0)},
}


@pytest.mark.parametrize("name", BAD)
def test_bad_arguments_are_named(name):
    with pytest.raises(ValueError, match=name):
        Pipeline(*arrays(), **{"batch_size": 8, **BAD[name]})


def test_bad_data_are_refused():
    x, y = arrays()
    with pytest.raises(ValueError, match="NaN"):
        Pipeline(np.where(x > 250, np.nan, x), y, 8)


def test_indices_end():
    train = pipeline()
    for index in (-1, 7):
        with pytest.raises(IndexError):
            train[index]


def test_a_short_epoch_is_prepared_before_the_last_one_ends():
    """Two batches an epoch, four ahead: batches of three epochs at once."""
    x, y = arrays()
    alone = Pipeline(x[:6], y[:6], 3, augment=Augment(crop=2))
    ahead = Pipeline(x[:6], y[:6], 3, augment=Augment(crop=2), workers=4)
    for epoch in range(5):
        for step in range(2):
            for a, b in zip(ahead[step], alone.batch(epoch, step), strict=True):
                np.testing.assert_array_equal(a, b)
        ahead.on_epoch_end()
        assert ahead.epoch == epoch + 1


def test_processes_have_the_parts_of_one_batch():
    options = {"drop_remainder": True, "seed": 3}
    whole = numbered(**options)
    parts = [numbered(shard=(i, 4), **options) for i in range(4)]
    assert {part.steps for part in parts} == {whole.steps}
    for step in range(whole.steps):
        shared = zip(*(part.batch(1, step) for part in parts), strict=True)
        joined = [np.concatenate(part) for part in shared]
        assert same(joined, whole.batch(1, step))
    # Each draws its own augmentation.
    drawn = [
        pipeline(shard=(i, 2), drop_remainder=True).batch(0, 0)
        for i in range(2)
    ]
    assert not same(*drawn)
    for wrong in ((2, 2), (0, 3), (0, 0)):
        with pytest.raises(ValueError, match="received"):
            numbered(shard=wrong, **options)
    with pytest.raises(ValueError, match="drop_remainder"):
        numbered(shard=(0, 2))
