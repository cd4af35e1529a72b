from typing import Any

import numpy as np


def calibration_error(probabilities: Any, y: Any, bins: int = 15) -> float:
    """Expected calibration error: how far confidence is from accuracy.

    Images are put into bins of equal width by the probability of the class
    that is predicted; the error is the mean over images of the distance
    between the bin's mean probability and its accuracy.

    Args:
        probabilities: Array (N, K), rows that sum to 1.
        y: Array (N,) of class indices.
        bins: Int >= 1.

    Returns:
        Float in [0, 1].

    Raises:
        ValueError: if there is no image, as many labels are not given, or
            `bins` is not as above.

    Reference: Guo et al., On Calibration of Modern Neural Networks, ICML
        2017, arXiv 1706.04599.
    """
    p, y = np.asarray(probabilities, "float64"), np.asarray(y)
    if p.ndim != 2 or y.shape != p.shape[:1] or not len(y):
        raise ValueError(
            "expected probabilities (N, K) and labels (N,), received: shapes "
            f"{p.shape} and {y.shape}"
        )
    if type(bins) is not int or bins < 1:
        raise ValueError(f"expected an int bins >= 1, received: bins={bins!r}")
    sure, right = p.max(axis=-1), p.argmax(axis=-1) == y
    place = np.clip(np.ceil(sure * bins).astype(int) - 1, 0, bins - 1)
    gaps = np.bincount(place, sure - right, minlength=bins)
    return float(np.abs(gaps).sum() / len(y))
