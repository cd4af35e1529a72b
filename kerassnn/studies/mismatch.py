from collections.abc import Sequence
from typing import Any

import numpy as np


def stm_score(
    student: Sequence[Any], teacher: Sequence[Any], weights: Any = None
) -> float:
    """Spatio-temporal mismatch of matched layers; lower is better.

        log( 1/(T Ls) sum_{t,i,j} w_{t,i,j} || G^s_{t,i} - G^a_j ||_F )

    G are the Gram matrices of a batch, their rows of length one.

    Args:
        student: List of Ls arrays (B, T, ...), spikes.
        teacher: List of Lt arrays (B, ...).
        weights: Array (T, Ls, Lt), whose rows over Lt sum to 1, such as
            SASTC's attention; `None` for layer i with layer i.

    Returns:
        Float.

    Raises:
        ValueError: if `weights` have another shape.

    Differs from the paper: that there is such a score is known, not how it is
        computed; this is SemCKD's score over time, and ours.

    Reference: Hong and Wang, Self-Attentive Spatio-Temporal Calibration,
        AAAI 2025, arXiv 2501.08049.
    """
    steps = student[0].shape[1]
    if weights is None:
        weights = np.tile(np.eye(len(student), len(teacher)), (steps, 1, 1))
    weights = np.asarray(weights, "float64")
    expected = (steps, len(student), len(teacher))
    if weights.shape != expected:
        raise ValueError(
            f"expected weights of shape {expected}, received: {weights.shape}"
        )
    grams = [_gram(f) for f in teacher]
    gaps = [
        [
            [np.linalg.norm(_gram(f[:, t]) - gram) for gram in grams]
            for f in student
        ]
        for t in range(steps)
    ]
    total = np.sum(weights * gaps) / (steps * len(student))
    return float(np.log(np.maximum(total, np.finfo(float).tiny)))


def _gram(features):
    rows = np.asarray(features, "float64").reshape(len(features), -1)
    gram = rows @ rows.T
    length = np.linalg.norm(gram, axis=-1, keepdims=True)
    return gram / np.where(length > 0, length, 1)
