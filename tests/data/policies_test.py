import pytest

from kerassnn.data import AutoAugment
from kerassnn.data import RandAugment
from kerassnn.data import policy


def test_policies_by_name():
    assert policy("auto", (1, 2, 3)) == AutoAugment(fill=(1, 2, 3))
    assert policy("rand") == RandAugment(fill=128)
    assert policy("") is None


def test_another_name_is_refused():
    with pytest.raises(ValueError, match="'auto', 'rand'.*received: 'trivial'"):
        policy("trivial")
