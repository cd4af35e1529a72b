"""The order of an epoch's records, in plain NumPy."""

import numpy as np

GROUP = 8  # files whose records are shuffled together, and kept in memory


def groups(files, lengths, seed, shuffle, skipped):
    """What of an epoch is read together, group by group.

    Args:
        files: Strings.
        lengths: Int, records of each file.
        seed: List of ints, for all that is drawn in this epoch.
        shuffle: Bool.
        skipped: Int, records at the epoch's beginning that are left out;
            groups of these alone are not read.

    Yields:
        Files of the group; how many records they hold; which of them, in
        order; these records' places in the epoch, and a number, which
        together seed what an image draws.
    """
    files, lengths = np.array(files), np.array(lengths, "int64")
    (key,) = np.random.SeedSequence(seed).generate_state(1)
    order = np.arange(len(files))
    if shuffle:
        order = np.random.default_rng(seed).permutation(len(files))
    place = 0
    for start in range(0, len(order), GROUP):
        chosen = order[start : start + GROUP]
        total = int(lengths[chosen].sum())
        rows = np.arange(total)
        if shuffle:
            # Seeds are padded with zeros: 1 + start is none of the epoch's.
            own = [*seed, 1 + start]
            rows = np.random.default_rng(own).permutation(total)
        first = min(max(skipped - place, 0), total)
        if first < total:
            places = np.arange(place + first, place + total)
            keys = np.full(len(places), key, "int64")
            yield files[chosen], total, rows[first:], places, keys
        place += total
