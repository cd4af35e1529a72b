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
