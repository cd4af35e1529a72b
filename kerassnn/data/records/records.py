import os
from typing import Any

import numpy as np

from kerassnn.data.arguments import check_bool
from kerassnn.data.arguments import check_float
from kerassnn.data.arguments import check_int
from kerassnn.data.arguments import check_shard
from kerassnn.data.constants import STREAMED
from kerassnn.data.normalising import normalise
from kerassnn.data.records.decoding import central
from kerassnn.data.records.decoding import distorted
from kerassnn.data.records.order import GROUP
from kerassnn.data.records.order import groups
from kerassnn.data.records.shards import find_shards
from kerassnn.data.sources.tfds import leave_gpus_alone
from kerassnn.data.steps import Steps

AHEAD = 2  # batches made while a step is taken


class Records(Steps):
    """Batches of a set on disk, of which a few files are in memory at a time.

    What `Pipeline` is for arrays: the batch depends on the seed, the epoch
    and the step alone. Each epoch has its own order of files; the records of
    eight are read, shuffled together and given out. A training that goes on
    begins with the eight that its step is in. Of ImageNet, whose files hold
    about 1,250 images of 110 kB, two such groups are 2.2 GB.

    Records are read and images decoded by TensorFlow, on every backend; JAX
    and torch are given NumPy arrays, and TensorFlow leaves their GPUs alone.

    Args:
        name: String, `"imagenet2012"`.
        split: String, `"train"` or `"validation"`.
        batch_size: Int B, of all processes together.
        data_dir: Folder of tensorflow-datasets. Defaults to `$KERASSNN_DATA`,
            else to its own. Nothing is downloaded.
        size: Int, side of an image in pixels. Defaults to `224`.
        augment: Bool. Whether a random part is cut out, and mirrored; else
            the square in the middle. Defaults to `False`.
        smallest: Float, least share of the area cut out. Defaults to `0.08`.
        flip: Bool. Whether to mirror half of the images. Defaults to `True`.
        shuffle: Bool. Defaults to `False`.
        drop_remainder: Bool. Whether a last batch smaller than B is left
            out. Defaults to `False`.
        seed: Int >= 0. Defaults to `0`.
        epoch: Int >= 0, the epoch to begin with. Defaults to `0`.
        start_step: Int, batches of it to leave out. Defaults to `0`.
        workers: Int >= 1, images decoded at a time. Defaults to `1`.
        shard: Pair (i, n): of n processes, the share of process i, whose
            files are every n-th. Defaults to `(0, 1)`.

    Raises:
        ValueError: if the set is not there, or an argument is out of range.

    Example:
        >>> train = Records(
        ...     "imagenet2012", "train", 256, augment=True, shuffle=True
        ... )
        >>> model.fit(train.feed(), shuffle=False)
    """

    def __init__(
        self,
        name: str,
        split: str,
        batch_size: int,
        *,
        data_dir: str | os.PathLike | None = None,
        size: int = 224,
        augment: bool = False,
        smallest: float = 0.08,
        flip: bool = True,
        shuffle: bool = False,
        drop_remainder: bool = False,
        seed: int = 0,
        epoch: int = 0,
        start_step: int = 0,
        workers: int = 1,
        shard: tuple[int, int] = (0, 1),
    ):
        if name not in STREAMED:
            raise ValueError(
                f"expected a name in {tuple(STREAMED)}, received: name={name!r}"
            )
        for key, value, least in (
            ("batch_size", batch_size, 1),
            ("size", size, 1),
            ("seed", seed, 0),
            ("epoch", epoch, 0),
            ("workers", workers, 1),
        ):
            check_int(key, value, least)
        for key, value in (
            ("augment", augment),
            ("flip", flip),
            ("shuffle", shuffle),
            ("drop_remainder", drop_remainder),
        ):
            check_bool(key, value)
        check_float("smallest", smallest, 1e-3, 1.0)
        check_shard(shard, batch_size)
        self.name, self.split = name, split
        self.batch_size, self.size = batch_size, size
        self.augment, self.smallest, self.flip = augment, smallest, flip
        self.shuffle, self.drop_remainder = shuffle, drop_remainder
        self.seed, self.epoch, self.workers = seed, epoch, workers
        self.shard = shard
        self.mean, self.std = STREAMED[name]["mean"], STREAMED[name]["std"]
        self._shards = find_shards(name, split, data_dir)
        self._steps = self._count()
        self.start_step = start_step

    @property
    def examples(self) -> int:
        """Images of the split, in all files."""
        return sum(self._shards.lengths)

    @property
    def classes(self) -> int:
        return len(self._shards.class_names)

    @property
    def class_names(self) -> tuple[str, ...]:
        return self._shards.class_names

    @property
    def input_shape(self) -> tuple[int, ...]:
        return (self.size, self.size, 3)

    @property
    def steps(self) -> int:
        """Number of batches of a whole epoch."""
        return self._steps

    def feed(self) -> Any:
        """What to give `fit`: a `tf.data.Dataset`, on every backend.

        It gives the batches that are left of `epoch`, as it stands when an
        iteration begins; who gives it to `fit` moves `epoch` on.
        """
        import tensorflow as tf

        leave_gpus_alone()
        files = tf.TensorSpec((None,), "string")
        number, numbers = (tf.TensorSpec(s, "int64") for s in ((), (None,)))
        read = tf.data.Dataset.from_generator(
            self._groups,
            output_signature=(files, number, numbers, numbers, numbers),
        )
        records = read.map(self._read).prefetch(1).unbatch()
        images = records.map(
            self._decode, num_parallel_calls=self.workers, deterministic=True
        )
        batches = images.batch(
            self.batch_size // self.shard[1],
            drop_remainder=self.drop_remainder,
        )
        options = tf.data.Options()
        options.autotune.enabled = False  # see `Pipeline.feed`
        return (
            batches.map(self._finish)
            .take(len(self))
            .apply(tf.data.experimental.assert_cardinality(len(self)))
            .prefetch(AHEAD)
            .with_options(options)
        )

    def batch(self, epoch: int, step: int) -> tuple[np.ndarray, np.ndarray]:
        """The batch (x, y) of that epoch and step, of this process."""
        before = self.epoch, self.start_step
        self.epoch, self.start_step = epoch, step
        try:
            x, y = next(iter(self.feed()))
            return x.numpy(), y.numpy()
        finally:
            self.epoch, self.start_step = before

    def _count(self):
        """Batches that every process has."""
        share = self.batch_size // self.shard[1]
        counts = []
        for i in range(self.shard[1]):
            own = sum(self._shards.lengths[i :: self.shard[1]])
            whole, rest = divmod(own, share)
            counts.append(whole + bool(rest and not self.drop_remainder))
        if min(counts) == 0:
            raise ValueError(
                f"expected at least one batch a process of {self.examples} "
                f"images in {len(self._shards.files)} files, received: "
                f"batch_size={self.batch_size}, shard={self.shard}"
            )
        return min(counts)

    def _groups(self):
        index, count = self.shard
        yield from groups(
            self._shards.files[index::count],
            self._shards.lengths[index::count],
            [self.seed, self.epoch, index],
            self.shuffle,
            self.start_step * (self.batch_size // count),
        )

    def _read(self, files, total, rows, places, keys):
        import tensorflow as tf

        records = tf.data.Dataset.from_tensor_slices(files).interleave(
            tf.data.TFRecordDataset,
            cycle_length=GROUP,
            num_parallel_calls=min(self.workers, GROUP),
            deterministic=True,
        )
        whole = records.batch(total).get_single_element()
        return tf.gather(whole, rows), places, keys

    def _decode(self, record, place, key):
        import tensorflow as tf

        content, label = self._shards.parse(record)
        if self.augment:
            seed = tf.stack([key, place])
            image = distorted(
                content, seed, self.size, self.smallest, self.flip
            )
        else:
            image = central(content, self.size)
        return image, label

    def _finish(self, x, y):
        import tensorflow as tf

        scale = STREAMED[self.name]["scale"]
        x = normalise(x, mean=self.mean, std=self.std, scale=scale)
        return x, tf.one_hot(y, self.classes)
