"""Five bytes an event, of N-MNIST (.bin, .bs2) and N-Caltech101."""

import numpy as np

from kerassnn.data.events.recording import recording

SIDE = 34  # pixels of N-MNIST's sensor
OVERFLOW = 240  # in place of y: 2^13 microseconds have passed


def read(content):
    """Events of 8 bits x, 8 bits y, 1 bit p and 23 bits t.

    Reference: Orchard et al., Converting Static Image Datasets to Spiking
        Neuromorphic Datasets Using Saccades, 2015, arXiv 1507.07629.
    """
    if len(content) % 5:
        raise ValueError(f"{len(content) % 5} bytes left after the last event")
    x, y, high, middle, low = np.frombuffer(content, "u1").reshape(-1, 5).T
    t = (high & 0x7F).astype("int64") << 16
    t |= middle.astype("int64") << 8
    t |= low
    passed = y == OVERFLOW
    if passed.any():
        t += np.cumsum(passed) << 13
        x, y, high, t = (field[~passed] for field in (x, y, high, t))
    size = (None, None)
    if len(x) and max(x.max(), y.max()) < SIDE:
        size = (SIDE, SIDE)
    return recording(x, y, t, high >> 7, *size)
