from pathlib import Path

import numpy as np
import pytest

from kerassnn import training

TINY = Path(__file__).parent / "recipes" / "tiny.py"


@pytest.fixture(scope="session")
def tiny():
    """The path of the recipe that the tests train."""
    return TINY


@pytest.fixture(scope="session")
def whole(tmp_path_factory):
    """The tiny recipe, trained without interruption."""
    return training.run(TINY, folder=tmp_path_factory.mktemp("whole"))


@pytest.fixture
def same_state():
    """A check that two runs have ended in the same state, bit for bit."""

    def check(one, other):
        with (
            np.load(one.folder / "checkpoint.npz") as a,
            np.load(other.folder / "checkpoint.npz") as b,
        ):
            assert a.files == b.files
            for name in set(a.files) - {"meta"}:
                assert a[name].tobytes() == b[name].tobytes(), name
        assert one.accuracy == other.accuracy
        timed = ("seconds", "images_per_second")
        for a, b in zip(one.history, other.history, strict=True):
            assert {k: v for k, v in a.items() if k not in timed} == {
                k: v for k, v in b.items() if k not in timed
            }

    return check
