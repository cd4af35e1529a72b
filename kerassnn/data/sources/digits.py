"""scikit-learn's digits."""

import numpy as np

from kerassnn.data.stratify import stratified


def read():
    """scikit-learn's 1,797 8x8 digits: (1437 train, 360 test), 0..16."""
    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise ImportError(
            "the digits come with scikit-learn: pip install scikit-learn"
        ) from error
    bunch = load_digits()
    x = bunch.images[..., None].astype("uint8")
    y = bunch.target.astype("int32")
    held = np.zeros(len(y), bool)
    held[stratified(y, 360, seed=0)] = True
    return (x[~held], y[~held]), (x[held], y[held])
