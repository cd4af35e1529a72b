"""Pooling to a given size, as PyTorch's adaptive pooling defines it."""

from typing import Any

from keras import ops


def adaptive_max_pool(x: Any, size: tuple[int, int]) -> Any:
    """Largest value of each of size[0] x size[1] windows.

    Args:
        x: Tensor (B, H, W, C), H and W static.
        size: Tuple (h, w), at most (H, W).

    Returns:
        Tensor (B, h, w, C). Window i of H covers the rows from
        floor(i H / h) up to ceil((i + 1) H / h).
    """
    return _adaptive(x, size, ops.max_pool, ops.max)


def adaptive_average_pool(x: Any, size: tuple[int, int]) -> Any:
    """Mean of each window; arguments as `adaptive_max_pool`."""
    return _adaptive(x, size, ops.average_pool, ops.mean)


def _adaptive(x, size, pool, reduce):
    height, width = x.shape[1:3]
    if size[0] > height or size[1] > width:
        raise ValueError(
            f"pooling cannot enlarge: expected a size of at most "
            f"{(height, width)}. Received: size={tuple(size)}"
        )
    if (height, width) == tuple(size):
        return x
    if height % size[0] == 0 and width % size[1] == 0:
        window = (height // size[0], width // size[1])
        return pool(x, window, strides=window, data_format="channels_last")
    rows = [
        reduce(x[:, a:b], axis=1, keepdims=True)
        for a, b in _windows(height, size[0])
    ]
    x = ops.concatenate(rows, axis=1)
    columns = [
        reduce(x[:, :, a:b], axis=2, keepdims=True)
        for a, b in _windows(width, size[1])
    ]
    return ops.concatenate(columns, axis=2)


def _windows(length, n):
    return [(i * length // n, -(-(i + 1) * length // n)) for i in range(n)]
