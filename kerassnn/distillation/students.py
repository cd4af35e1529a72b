"""Which method trains which kind of student."""

from kerassnn.distillation.methods import METHODS

KINDS = ("spiking", "event frames", "rate-based", "STAA", "ANN")


def compatibility() -> list[dict]:
    """Each method, and the kinds of student it trains, from its traits.

    The kinds are a spiking network for static images; one for event frames
    (B, T, H, W, C); one of the `RateBased` flow; one with STAA's attention,
    for static images; and an ANN.

    Returns:
        List of dicts, one for each method in the order of `METHODS`:
        `method`, its name; `teacher`, `abstract_only`, bools; and a bool for
        each of `KINDS`.
    """
    return [
        {
            "method": name,
            "teacher": method.needs_teacher,
            "abstract_only": method.abstract_only,
            "spiking": True,
            "event frames": True,
            "rate-based": method.rate_based,
            # Its weights for each timestep bind a network to its T.
            "STAA": not method.reruns_student,
            # It has no timesteps either.
            "ANN": method.rate_based,
        }
        for name, method in METHODS.items()
    ]
