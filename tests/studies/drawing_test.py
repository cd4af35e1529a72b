import pytest

from kerassnn import studies


@pytest.mark.parametrize(
    ("costs", "gains", "expected"),
    (
        ((3, 1, 2, 1), (9, 5, 4, 6), ([1, 3], [6, 9])),
        ((1, 2), (5, 5), ([1], [5])),
    ),
)
def test_the_front_joins_what_no_other_beats(costs, gains, expected):
    figure = pytest.importorskip("matplotlib.figure").Figure()
    axes = figure.add_subplot()
    studies.front(axes, costs, gains)
    (line,) = axes.lines
    assert (list(line.get_xdata()), list(line.get_ydata())) == expected


def test_no_points_have_no_front():
    figure = pytest.importorskip("matplotlib.figure").Figure()
    axes = figure.add_subplot()
    studies.front(axes, [], [])
    assert not axes.lines
