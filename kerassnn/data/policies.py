"""Augmentation policies by name, as a recipe's field gives them."""

from kerassnn.data.auto_augment import AutoAugment
from kerassnn.data.rand_augment import RandAugment

POLICIES = {"auto": AutoAugment, "rand": RandAugment}


def policy(name, fill=128):
    """The policy for `Augment`.

    Args:
        name: `"auto"` for `AutoAugment`, `"rand"` for `RandAugment`, `""` for
            none.
        fill: Number or tuple of C numbers, for pixels moved in from outside.

    Returns:
        Callable (x, rng) -> x, or `None`.

    Raises:
        ValueError: if the name is another.
    """
    if name == "":
        return None
    if name not in POLICIES:
        raise ValueError(
            f"expected a policy in {['', *POLICIES]}, received: {name!r}"
        )
    return POLICIES[name](fill=fill)
