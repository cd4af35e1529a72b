"""Draws that keep the share of every class."""

import numpy as np


def stratified(y, n, seed):
    """Indices of a seeded sample in which each class keeps its share.

    Args:
        y: Integer array (N,), class indices.
        n: Int in [0, N], size of the sample.
        seed: Int or list of ints.

    Returns:
        Sorted int array (n,).
    """
    rng = np.random.default_rng(seed)
    counts = np.bincount(y)
    share = counts * n / len(y)
    quota = np.floor(share).astype(int)
    # Largest remainders; the random second key breaks ties without favour.
    order = np.lexsort((rng.random(len(counts)), quota - share))
    quota[order[: n - quota.sum()]] += 1
    picks = [
        rng.permutation(np.flatnonzero(y == label))[:count]
        for label, count in enumerate(quota)
    ]
    return np.sort(np.concatenate(picks)).astype(np.int64)


def part_of_each(y, count):
    """Which of some parts each image is in; classes are spread evenly.

    Args:
        y: Integer array (N,), class indices.
        count: Int, number of parts. The draw is the same for ever.

    Returns:
        Int array (N,), 0 to count - 1.
    """
    shuffled = np.random.default_rng(0).permutation(len(y))
    order = shuffled[np.argsort(y[shuffled], kind="stable")]
    found = np.empty(len(y), int)
    found[order] = np.arange(len(y)) % count
    return found
