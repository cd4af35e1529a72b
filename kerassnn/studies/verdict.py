import dataclasses
import math

HOLDS = "holds"
FAILS = "does not hold here"
OPEN = "too close to tell"


@dataclasses.dataclass(frozen=True)
class Verdict:
    """What measurements say of a claim.

    Args:
        claim: String, the claim as it was tested.
        verdict: `HOLDS`, `FAILS` or `OPEN`.
        test: String, the test and its numbers.

    Raises:
        ValueError: if `verdict` is none of the three.
    """

    claim: str
    verdict: str
    test: str

    def __post_init__(self):
        if self.verdict not in (HOLDS, FAILS, OPEN):
            raise ValueError(
                f"expected a verdict of {(HOLDS, FAILS, OPEN)}, received: "
                f"verdict={self.verdict!r}"
            )


def decided(positive: bool, p: float, least: float = 0.05) -> str:
    """A verdict by the sign of an effect and its two-sided p.

    Args:
        positive: Bool, whether the effect is the claim's.
        p: Float; nan where nothing could be tested.
        least: Float, the level of the test.
    """
    if math.isnan(p) or p >= least:
        return OPEN
    return HOLDS if positive else FAILS
