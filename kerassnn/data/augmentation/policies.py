"""Augmentation policies by name, as a recipe's field gives them."""

from collections.abc import Callable

from kerassnn.data.augmentation.auto_augment import AutoAugment
from kerassnn.data.augmentation.event_drop import EventDrop
from kerassnn.data.augmentation.nda import NDA
from kerassnn.data.augmentation.rand_augment import RandAugment

POLICIES = {"auto": AutoAugment, "rand": RandAugment}
OF_EVENTS = {"drop": EventDrop, "nda": NDA}


def policy(name: str, fill: float | tuple = 128) -> Callable | None:
    """The policy for `Augment` or, of events, for `EventAugment`.

    Args:
        name: `"auto"` for `AutoAugment`, `"rand"` for `RandAugment`; of
            events, `"drop"` for `EventDrop`, `"nda"` for `NDA`; `""` for
            none.
        fill: Number or tuple of C numbers, for pixels moved in from outside;
            of events, where there are none, without effect.

    Returns:
        Callable (x, rng) -> x, or `None`.

    Raises:
        ValueError: if the name is another.
    """
    if name == "":
        return None
    if name in OF_EVENTS:
        return OF_EVENTS[name]()
    if name not in POLICIES:
        known = ["", *POLICIES, *OF_EVENTS]
        raise ValueError(f"expected a policy in {known}, received: {name!r}")
    return POLICIES[name](fill=fill)
