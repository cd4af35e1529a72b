"""The probe of an entry that is being published."""

import keras
import numpy as np

from kerassnn.zoo.probe import INPUTS
from kerassnn.zoo.probe import outputs

CANDIDATES = 64
DRAWS = 4
NOISE = 1e-6  # relative, some float32 roundings
EPSILON = 1e-6  # below it all inputs count as equally still


def make_probe(model: keras.Model, seed: int = 0) -> dict[str, np.ndarray]:
    """Random inputs with the model's logits and one tap.

    A backend may sum in another order, and a potential that rounding moves
    across the threshold is a spike more or less. So of 64 inputs those eight
    are kept whose logits move least when every weight is disturbed by a few
    roundings, against their distance from the mean logits of all: what moves
    them later is not rounding, and they tell one network from another.

    Args:
        model: Model of `kerassnn.models`.
        seed: Int.

    Returns:
        Dict of arrays: `inputs` (8, ...), `logits` (8, K), `tap` (8, C), the
        last being stage 1's mean over time and space.

    Raises:
        ValueError: if the model answers all inputs alike, as a silent one.
    """
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((CANDIDATES, *model.input_shape[1:]), "float32")
    run = outputs(model)
    logits, tap = run(x)
    weights = model.get_weights()
    moved = np.zeros(CANDIDATES)
    for _ in range(DRAWS):
        model.set_weights([_disturbed(weight, rng) for weight in weights])
        moved = np.maximum(moved, _distance(run(x)[0], logits))
    model.set_weights(weights)
    spread = _distance(logits, logits.mean(axis=0, keepdims=True))
    if not spread.max() > 0:
        raise ValueError(
            "expected a model whose logits depend on its input, received: "
            f"{model.name}, which answers all of {CANDIDATES} inputs alike"
        )
    score = (moved + EPSILON) / (spread + EPSILON**2)
    keep = np.sort(np.argsort(score, kind="stable")[:INPUTS])
    return {"inputs": x[keep], "logits": logits[keep], "tap": tap[keep]}


def _distance(a, b):
    return np.max(np.abs(a - b), axis=1)


def _disturbed(weight, rng):
    if not np.issubdtype(weight.dtype, np.floating):
        return weight
    noise = 1 + NOISE * rng.standard_normal(weight.shape)
    return (weight * noise).astype(weight.dtype)
