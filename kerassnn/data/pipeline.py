from concurrent.futures import ThreadPoolExecutor

import keras
import numpy as np

from kerassnn.data.checks import check

AHEAD = 2  # batches that TensorFlow makes while a step is taken


class Pipeline(keras.utils.PyDataset):
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
        one_hot: Int K for float32 labels (B, K), or `None` for int32 (B,).
            Defaults to `None`.
        workers: Int >= 1. With two or more, so many threads prepare the
            batches to come, those of the next epoch too. Defaults to `1`.

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
        x,
        y,
        batch_size,
        *,
        augment=None,
        normalise=None,
        shuffle=True,
        drop_remainder=False,
        seed=0,
        epoch=0,
        start_step=0,
        one_hot=None,
        workers=1,
    ):
        # Keras's own workers keep batches of one pass for the next.
        super().__init__(workers=1)
        check(x, y, one_hot)
        if getattr(augment, "mixes", False) and one_hot is None:
            raise ValueError(
                "expected one_hot=K, since the augmentation mixes labels, "
                "received: one_hot=None"
            )
        _check_least("batch_size", batch_size, 1)
        _check_least("workers", workers, 1)
        for name, value in (("seed", seed), ("epoch", epoch)):
            _check_least(name, value, 0)
        self.x, self.y = x, y
        self.batch_size = batch_size
        self.augment = augment
        self.normalise = normalise or _as_float
        self.shuffle = shuffle
        self.drop_remainder = drop_remainder
        self.seed = seed
        self.epoch = epoch
        self.one_hot = one_hot
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
    def steps(self):
        """Number of batches of a whole epoch."""
        whole, rest = divmod(len(self.y), self.batch_size)
        return whole + bool(rest and not self.drop_remainder)

    @property
    def start_step(self):
        return self._start_step

    @start_step.setter
    def start_step(self, value):
        if not 0 <= value < self.steps:
            raise ValueError(
                f"expected 0 <= start_step < {self.steps}, received: "
                f"start_step={value}"
            )
        self._start_step = int(value)

    def __len__(self):
        return self.steps - self.start_step

    def __getitem__(self, index):
        if not 0 <= index < len(self):
            raise IndexError(f"expected 0 <= index < {len(self)}, got {index}")
        self._drawn.add(index)
        step = self.start_step + index
        if self._pool is None:
            return self.batch(self.epoch, step)
        return self._prepared(self.epoch, step)

    def on_epoch_end(self):
        # `fit` also says so after it has peeked at the first batch.
        if len(self._drawn) >= len(self):
            self.epoch += 1
            self.start_step = 0
        self._drawn.clear()

    def feed(self):
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

        spec = tuple(
            tf.TensorSpec((None, *array.shape[1:]), array.dtype)
            for array in self.batch(self.epoch, self.start_step)
        )
        options = tf.data.Options()
        options.autotune.enabled = False
        dataset = tf.data.Dataset.from_generator(batches, output_signature=spec)
        dataset = dataset.apply(
            tf.data.experimental.assert_cardinality(len(self))
        )
        return dataset.prefetch(AHEAD).with_options(options)

    def batch(self, epoch, step):
        """The batch (x, y) of that epoch and step."""
        start = step * self.batch_size
        chosen = self._permutation(epoch)[start : start + self.batch_size]
        x, y = self.x[chosen], self.y[chosen].astype("int32")
        if self.one_hot is not None:
            y = np.eye(self.one_hot, dtype="float32")[y]
        if self.augment is not None:
            # NumPy pads seeds with zeros: [s, e, 0] is the stream [s, e], of
            # which the permutation is made.
            rng = np.random.default_rng([self.seed, epoch, step + 1])
            x, y = self.augment(x, y, rng)
        return self.normalise(x), y

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


def _check_least(name, value, least):
    if isinstance(value, bool) or value != int(value) or value < least:
        raise ValueError(
            f"expected an int {name} >= {least}, received: {name}={value}"
        )
