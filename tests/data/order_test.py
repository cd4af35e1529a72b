"""What of an epoch's records is read together."""

import numpy as np

from kerassnn.data.records.order import GROUP
from kerassnn.data.records.order import groups


def test_groups_that_a_step_is_beyond_are_not_read():
    files, lengths = [f"f{i}" for i in range(20)], list(range(1, 21))
    whole = [*groups(files, lengths, [0, 3, 0], True, 0)]
    assert [len(g[0]) for g in whole] == [GROUP, GROUP, 4]
    assert sorted(f for g in whole for f in g[0]) == sorted(files)
    later = [*groups(files, lengths, [0, 3, 0], True, whole[0][1] + 5)]
    assert len(later) == 2
    np.testing.assert_array_equal(later[0][2], whole[1][2][5:])
    np.testing.assert_array_equal(later[0][3], whole[1][3][5:])
    places = np.concatenate([g[3] for g in whole])
    np.testing.assert_array_equal(places, np.arange(sum(lengths)))
