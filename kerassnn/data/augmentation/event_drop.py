import dataclasses

import numpy as np

from kerassnn.data.augmentation import event_operations as ops

SHARES = np.arange(1, 10) / 10
SIDES = np.arange(1, 7) / 20


@dataclasses.dataclass(frozen=True)
class EventDrop:
    """Drops events: by time, by area or at random, each recording its way.

    Every recording draws one of four: nothing; the events of a span of 10 to
    90 % of the time; those of a rectangle of 5 to 30 % of each side; each
    event with a probability of 10 to 90 %.

    Input shape:  x (B, T, H, W, C).
    Output shape: the same.

    Differs from the paper: works on frames, so that time is dropped in whole
        frames; all recordings of a batch draw at once.

    Reference: Gu et al., EventDrop: Data Augmentation for Event-based
        Learning, IJCAI 2021, arXiv 2106.05836.

    Example:
        >>> augment = kerassnn.data.EventAugment(policy=EventDrop())
    """

    def __call__(self, x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        batch, steps = x.shape[:2]
        drawn = rng.integers(0, 4, batch)
        share = rng.choice(SHARES, batch)
        out = x.copy()
        chosen = drawn == 1
        length = np.round(share * steps).astype(int)[chosen]
        first = rng.integers(0, steps - length + 1)
        out[chosen] = ops.drop_time(x[chosen], first, length)
        chosen = drawn == 2
        side = rng.choice(SIDES, chosen.sum())
        out[chosen] = ops.drop_area(x[chosen], side, rng)
        chosen = drawn == 3
        out[chosen] = ops.drop_events(x[chosen], share[chosen], rng)
        return out
