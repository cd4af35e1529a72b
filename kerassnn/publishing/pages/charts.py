"""Charts as SVG inside a page: nothing to load, and no library to draw."""

import dataclasses
from collections.abc import Sequence

from kerassnn.publishing.pages.markup import Markup
from kerassnn.publishing.pages.markup import element
from kerassnn.publishing.pages.scales import Scale
from kerassnn.publishing.pages.scales import around

WIDTH, HEIGHT = 440, 270
LEFT, RIGHT, TOP, BOTTOM = 58, 430, 12, 222
COLOURS = 10  # classes .c0 to .c9 of the style sheet


@dataclasses.dataclass(frozen=True)
class Series:
    """What one line or one mark of a chart shows.

    Args:
        label: String, shown while the pointer rests on it.
        points: Pairs of numbers.
        colour: Int, taken modulo the number of colours.
        entry: String, whose filter hides it, or `None`.
        marked: The first number of the point that is to stand out.
        square: Bool, whether marks are squares in place of discs.
    """

    label: str
    points: Sequence[tuple[float, float]]
    colour: int = 0
    entry: str | None = None
    marked: float | None = None
    square: bool = False


def chart(
    series: Sequence[Series], across: str, up: str, log: bool = False
) -> Markup:
    """A chart of all series, points of one joined by a line.

    Args:
        series: Sequence of `Series`, not all of them without points.
        across: String, what the horizontal axis is.
        up: String, what the vertical axis is.
        log: Bool, whether the horizontal axis is logarithmic.
    """
    xs = [x for one in series for x, _ in one.points]
    ys = [y for one in series for _, y in one.points]
    x, y = around(xs, LEFT, RIGHT, log), around(ys, BOTTOM, TOP)
    return element(
        "svg",
        *_axes(x, y, across, up),
        *(_drawn(one, x, y) for one in series if one.points),
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        role="img",
        aria_label=f"{up} against {across}",
    )


def _axes(x: Scale, y: Scale, across: str, up: str) -> list[Markup]:
    found = []
    for tick in y.ticks():
        at = y(tick)
        found.append(_line(LEFT, at, RIGHT, at))
        found.append(_text(f"{tick:.6g}", LEFT - 6, at + 4, "end"))
    for tick in x.ticks():
        at = x(tick)
        found.append(_line(at, TOP, at, BOTTOM))
        found.append(_text(_short(tick), at, BOTTOM + 18, "middle"))
    middle = (TOP + BOTTOM) / 2
    return [
        *found,
        _text(across, (LEFT + RIGHT) / 2, HEIGHT - 8, "middle"),
        _text(up, 14, middle, "middle", transform=f"rotate(-90 14 {middle})"),
    ]


def _drawn(series: Series, x: Scale, y: Scale) -> Markup:
    places = [(x(a), y(b)) for a, b in series.points]
    parts = [element("title", series.label)]
    if len(places) > 1:
        path = " ".join(f"{a},{b}" for a, b in places)
        parts.append(element("polyline", points=path))
    for (a, _), place in zip(series.points, places, strict=True):
        alone = len(places) == 1 or a == series.marked
        if alone or len(places) <= 12:
            parts.append(_mark(place, 5 if alone else 2.5, series.square))
    return element(
        "g",
        *parts,
        class_=f"series c{series.colour % COLOURS}",
        data_entry=series.entry,
    )


def _mark(place, size, square):
    a, b = place
    if square:
        side = 2 * size
        return element("rect", x=a - size, y=b - size, width=side, height=side)
    return element("circle", cx=a, cy=b, r=size)


def _line(x1, y1, x2, y2):
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2)


def _text(text, x, y, anchor, **more):
    return element("text", text, x=x, y=y, text_anchor=anchor, **more)


def _short(value):
    """Thousands and more by their letter, which is what fits an axis."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:.6g}{letter}"
    return f"{value:.6g}"
