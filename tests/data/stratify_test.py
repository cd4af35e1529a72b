import numpy as np
import pytest

from kerassnn.data.stratify import stratified

LABELS = np.random.default_rng(0).choice(5, 999, p=[0.4, 0.3, 0.2, 0.09, 0.01])


@pytest.mark.parametrize("n", [0, 1, 7, 100, 998, 999])
def test_every_class_keeps_its_share(n):
    picked = stratified(LABELS, n, seed=1)
    assert len(np.unique(picked)) == n
    share = np.bincount(LABELS) * n / len(LABELS)
    counts = np.bincount(LABELS[picked], minlength=5)
    assert (np.abs(counts - share) < 1).all()


def test_the_seed_decides():
    first, again = (stratified(LABELS, 200, seed=3) for _ in range(2))
    other = stratified(LABELS, 200, seed=4)
    assert (first == again).all()
    assert (first != other).any()
