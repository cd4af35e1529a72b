import copy
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import keras
import numpy as np

from kerassnn.data.arguments import check_alone
from kerassnn.data.arguments import check_bool
from kerassnn.data.arguments import check_int
from kerassnn.data.arguments import check_shard
from kerassnn.data.checks import as_array
from kerassnn.data.checks import check
from kerassnn.data.steps import Steps

AHEAD = 2  # batches that TensorFlow makes while a step is taken


class Pipeline(Steps, keras.utils.PyDataset):
    """Batches that depend on the seed, the epoch and the step alone.

    Nothing is carried from batch to batch, so that a run continued in the
    middle, or prepared by several workers, sees the same batches. Give
    `shuffle=False` to `fit`, whose own default shuffles the order of the
    batches on top, by Python's global generator.

    Args:
        x: Array (N, H, W, C) or (N, T, H, W, C), as stored.
        y: Integer array (N,).
        batch_size: Int B.
        augment: Callable (x, y, rng) -> x, y such as `Augment`, or `None`.
        normalise: Callable x -> float32 x such as `Splits.normalise`, or
            `None` for a plain cast. Defaults to `None`.
        shuffle: Bool. Whether each epoch has its own order. Defaults to
            `True`.
        drop_remainder: Bool. Whether a last batch smaller than B is left
            out. Defaults to `False`.
        seed: Int >= 0. Defaults to `0`.
        epoch: Int >= 0, the epoch to begin with; it moves on at the end of
            an epoch all of whose batches were drawn. Defaults to `0`.
        start_step: Int, batches of the first epoch to leave out; 0 again
            from the next on. Keras asks for the number of batches once a
            `fit`: give the epoch begun in the middle a `fit` of its own.
            Defaults to `0`.
        one_hot: Int K >= 2 for float32 labels (B, K), or `None` for int32 (B,).
            Defaults to `None`.
        workers: Int >= 1. With two or more, so many threads prepare the
            batches to come, those of the next epoch too. Defaults to `1`.
        shard: Pair (i, n): of n processes that take a step together, process
            i, whose batch is the i-th part of the B. Defaults to `(0, 1)`.

    Raises:
        ValueError: if arrays are not what `check` asks for, or an argument
            is out of range.

    Example:
        >>> train = Pipeline(
        ...     *splits.train, 64, augment=Augment(crop=1, flip=False),
        ...     normalise=splits.normalise,
        ... )
        >>> model.fit(train, epochs=2, shuffle=False)
    """

    def __init__(
        self,
        x: Any,
        y: Any,
        batch_size: int,
        *,
        augment: Callable | None = None,
        normalise: Callable | None = None,
        shuffle: bool = True,
        drop_remainder: bool = False,
        seed: int = 0,
        epoch: int = 0,
        start_step: int = 0,
        one_hot: int | None = None,
        workers: int = 1,
        shard: tuple[int, int] = (0, 1),
    ):
        # Keras's own workers keep batches of one pass for the next.
        super().__init__(workers=1)
        if one_hot is not None:
            check_int("one_hot", one_hot, 2)
        x, y = as_array(x), as_array(y)
        check(x, y, one_hot)
        if getattr(augment, "mixes", False) and one_hot is None:
            raise ValueError(
                "expected one_hot=K, since the augmentation mixes labels, "
                "received: one_hot=None"
            )
        for name, value, least in (
            ("batch_size", batch_size, 1),
            ("workers", workers, 1),
            ("seed", seed, 0),
            ("epoch", epoch, 0),
        ):
            check_int(name, value, least)
        check_bool("shuffle", shuffle)
        check_bool("drop_remainder", drop_remainder)
        check_shard(shard, batch_size, drop_remainder)
        self.x, self.y = x, y
        self.batch_size = batch_size
        self.augment = augment
        self.normalise = normalise or _as_float
        self.shuffle = shuffle
        self.drop_remainder = drop_remainder
        self.seed, self.epoch = seed, epoch
        self.one_hot = one_hot
        self._beside = None
        self.shard = shard
        self._orders = {}
        self._drawn = set()
        self._ahead = workers if workers > 1 else 0
        self._pool = ThreadPoolExecutor(workers) if workers > 1 else None
        self._coming = {}
        if self.steps == 0:
            raise ValueError(
                f"expected at least one batch of {len(y)} images, received: "
                f"batch_size={batch_size}, drop_remainder=True"
            )
        self.start_step = start_step

    @property
    def examples(self) -> int:
        """Images of an epoch, those of all processes."""
        return len(self.y)

    @property
    def steps(self) -> int:
        """Number of batches of a whole epoch."""
        whole, rest = divmod(len(self.y), self.batch_size)
        return whole + bool(rest and not self.drop_remainder)

    def __getitem__(self, index: int) -> tuple[Any, np.ndarray]:
        if not 0 <= index < len(self):
            raise IndexError(f"expected 0 <= index < {len(self)}, got {index}")
        self._drawn.add(index)
        step = self.start_step + index
        if self._pool is None:
            return self.batch(self.epoch, step)
        return self._prepared(self.epoch, step)

    def on_epoch_end(self) -> None:
        # `fit` also says so after it has peeked at the first batch.
        if len(self._drawn) >= len(self):
            self.epoch += 1
            self.start_step = 0
        self._drawn.clear()

    def feed(self) -> Any:
        """What to give `fit` in place of the pipeline itself.

        On TensorFlow, Keras makes a dataset of it that tf.data tunes in a
        thread of its own. That thread sleeps ever longer, up to a minute, and
        the end of an epoch may have to wait until it wakes (TensorFlow 2.21;
        FINDINGS.md). The dataset made here is the same one, not tuned; who
        gives it to `fit` moves `epoch` on.

        Returns:
            A `tf.data.Dataset` on TensorFlow: the batches that are left of
            this epoch; make another for the next. Else the pipeline.
        """
        if keras.backend.backend() != "tensorflow":
            return self
        import tensorflow as tf

        def batches():
            for index in range(len(self)):
                yield self[index]

        spec = keras.tree.map_structure(
            lambda array: tf.TensorSpec((None, *array.shape[1:]), array.dtype),
            self.batch(self.epoch, self.start_step),
        )
        options = tf.data.Options()
        options.autotune.enabled = False
        dataset = tf.data.Dataset.from_generator(batches, output_signature=spec)
        dataset = dataset.apply(
            tf.data.experimental.assert_cardinality(len(self))
        )
        return dataset.prefetch(AHEAD).with_options(options)

    def beside(self, function: Callable) -> "Pipeline":
        """A pipeline of the same batches, whose x are pairs.

        Args:
            function: Callable (x, epoch, step) -> array (B, ...), given the
                normalised images; where `workers` prepare batches, it is
                called in their threads.

        Returns:
            `Pipeline` of batches ((x, array), y).
        """
        check_alone(self.shard)
        other = copy.copy(self)
        other._beside, other._coming, other._drawn = function, {}, set()
        return other

    def batch(self, epoch: int, step: int) -> tuple[Any, np.ndarray]:
        """The batch (x, y) of that epoch and step."""
        index, chosen = self.shard[0], self.chosen(epoch, step)
        x, y = self.x[chosen], self.y[chosen].astype("int32")
        if self.one_hot is not None:
            y = np.eye(self.one_hot, dtype="float32")[y]
        if self.augment is not None:
            # NumPy pads seeds with zeros: [s, e, 0] is the stream [s, e], of
            # which the permutation is made.
            own = [self.seed, epoch, step + 1, index][: 3 + bool(index)]
            rng = np.random.default_rng(own)
            x, y = self.augment(x, y, rng)
        x = self.normalise(x)
        if self._beside is not None:
            x = x, self._beside(x, epoch, step)
        return x, y

    def chosen(self, epoch: int, step: int) -> np.ndarray:
        """Where the images of a batch stand in the arrays, (B,) integers."""
        index, count = self.shard
        own = self.batch_size // count
        start = step * self.batch_size + index * own
        return self._permutation(epoch)[start : start + own]

    def _prepared(self, epoch, step):
        known, coming = self._coming, {}
        for ahead in range(self._ahead + 1):
            further, later = divmod(step + ahead, self.steps)
            key = (epoch + further, later)
            coming[key] = known.get(key) or self._pool.submit(self.batch, *key)
        self._coming = coming
        return coming[epoch, step].result()

    def _permutation(self, epoch):
        order = self._orders.get(epoch)
        if order is None:
            order = np.arange(len(self.y))
            if self.shuffle:
                rng = np.random.default_rng([self.seed, epoch])
                order = rng.permutation(len(self.y))
            before = {e: o for e, o in self._orders.items() if e == epoch - 1}
            # One assignment, so that workers never see half of it.
            self._orders = {**before, epoch: order}
        return order


def _as_float(x):
    return x.astype("float32")
