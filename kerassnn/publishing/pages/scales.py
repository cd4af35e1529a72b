"""From numbers to places on an axis, and the numbers written beside it."""

import dataclasses
import math
from collections.abc import Sequence


@dataclasses.dataclass(frozen=True)
class Scale:
    """An axis from `low` to `high`, drawn from `start` to `end`.

    Args:
        low: Float.
        high: Float, more than `low`.
        start: Float, where `low` is drawn.
        end: Float, where `high` is drawn.
        log: Bool, whether equal ratios are equally far apart.
    """

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def __call__(self, value: float) -> float:
        """Where a number is drawn."""
        low, high, value = map(self._measure, (self.low, self.high, value))
        part = (value - low) / (high - low)
        return round(self.start + part * (self.end - self.start), 1)

    def ticks(self) -> list[float]:
        """From two to about seven numbers that are short to write."""
        if self.log:
            low = math.floor(math.log10(self.low))
            high = math.ceil(math.log10(self.high))
            firsts = (1, 2, 5) if high - low <= 2 else (1,)
            step = max(1, (high - low) // 6)
            powers = range(low, high + 1, step)
            found = [
                first * 10.0**power for power in powers for first in firsts
            ]
        else:
            step = _step(self.high - self.low)
            first = math.ceil(self.low / step)
            last = math.floor(self.high / step)
            found = [index * step for index in range(first, last + 1)]
        return [tick for tick in found if self.low <= tick <= self.high]

    def _measure(self, value):
        return math.log10(value) if self.log else value


def around(
    values: Sequence[float], start: float, end: float, log: bool = False
) -> Scale:
    """A scale that holds all values, with some room at both ends."""
    low, high = min(values), max(values)
    if log:
        return Scale(low / 1.6, high * 1.6, start, end, log)
    room = 0.06 * (high - low) or 0.05 * abs(high) or 1.0
    return Scale(low - room, high + room, start, end)


def _step(span):
    """1, 2 or 5 times a power of ten, of which some five make the span."""
    power = 10.0 ** math.floor(math.log10(span / 5))
    return min(
        (first * power for first in (1, 2, 5, 10)),
        key=lambda step: abs(span / step - 5),
    )
