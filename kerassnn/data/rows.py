import numpy as np


class Rows:
    """Some rows of an array on disk, read when they are asked for.

    Args:
        array: Array (N, ...), such as a memory-mapped file.
        index: Int array (n,), which rows.
    """

    def __init__(self, array, index):
        self.array, self.index = array, np.asarray(index)

    @property
    def shape(self):
        return (len(self.index), *self.array.shape[1:])

    @property
    def dtype(self):
        return self.array.dtype

    @property
    def ndim(self):
        return self.array.ndim

    @property
    def size(self):
        return int(np.prod(self.shape, dtype="int64"))

    def __len__(self):
        return len(self.index)

    def __getitem__(self, chosen):
        return np.asarray(self.array[self.index[chosen]])

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self[:], dtype)


class Joined:
    """Arrays one behind the other, rows of which are copied when asked for.

    Args:
        arrays: Arrays (N_i, ...) of one dtype, or `Rows`.
    """

    def __init__(self, *arrays):
        self.arrays = arrays
        self.shape = (sum(map(len, arrays)), *arrays[0].shape[1:])
        self.ndim = len(self.shape)
        self.dtype = arrays[0].dtype

    def __len__(self):
        return self.shape[0]

    def __getitem__(self, index):
        index = np.asarray(index)
        out = np.empty((*index.shape, *self.shape[1:]), self.dtype)
        start = 0
        for array in self.arrays:
            here = (index >= start) & (index < start + len(array))
            out[here] = array[index[here] - start]
            start += len(array)
        return out


def choose(x, keep):
    """Rows of x: copied, or a view of its file where x is memory-mapped.

    Args:
        x: Array (N, ...), `Rows` or `Joined`.
        keep: Bool array (N,), or indices.
    """
    if isinstance(x, np.memmap | Joined):
        return Rows(x, np.arange(len(x))[keep])
    if isinstance(x, Rows):
        return Rows(x.array, x.index[keep])
    return x[keep]
