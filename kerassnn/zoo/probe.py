"""Stored inputs and outputs of a model, replayed to see that it is the same."""

import keras
import numpy as np

from kerassnn.zoo.registry import inside

PROBE = "probe.npz"
TAP = "stage1"
INPUTS = 8
CANDIDATES = 64
DRAWS = 4
NOISE = 1e-6  # relative, some float32 roundings
EPSILON = 1e-6  # below it all inputs count as equally still


def make_probe(model, seed=0):
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
    outputs = _outputs(model)
    logits, tap = outputs(x)
    weights = model.get_weights()
    moved = np.zeros(CANDIDATES)
    for _ in range(DRAWS):
        model.set_weights([_disturbed(weight, rng) for weight in weights])
        moved = np.maximum(moved, _distance(outputs(x)[0], logits))
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


def replay(model, folder):
    """Distance of a model's outputs from those stored, per input.

    Args:
        model: Model of the entry, with its weights.
        folder: Path of the entry.

    Returns:
        Dict of arrays (8,): largest difference of the `logits` and the `tap`.
    """
    with np.load(inside(folder, PROBE), allow_pickle=False) as stored:
        probe = {key: stored[key] for key in stored.files}
    if set(probe) != {"inputs", "logits", "tap"}:
        raise ValueError(
            f"{folder.name}/{PROBE}: expected the arrays inputs, logits and "
            f"tap, received: {sorted(probe)}"
        )
    logits, tap = _outputs(model)(probe["inputs"])
    return {
        "logits": _distance(logits, probe["logits"]),
        "tap": _distance(tap, probe["tap"]),
    }


def _outputs(model):
    """Function of inputs: logits (N, K), and mean of the tap (N, C)."""
    tensors = [model.get_layer(name).output for name in ("logits", TAP)]
    both = keras.Model(model.inputs, tensors)

    def run(x):
        logits, tap = both.predict(x, batch_size=INPUTS, verbose=0)
        between = tuple(range(1, tap.ndim - 1))
        return logits, tap.mean(axis=between, dtype="float32")

    return run


def _distance(a, b):
    if a.shape[1:] != b.shape[1:]:
        raise ValueError(
            f"expected outputs of shape {b.shape[1:]}, received: {a.shape[1:]}"
        )
    return np.max(np.abs(a - b), axis=1)


def _disturbed(weight, rng):
    if not np.issubdtype(weight.dtype, np.floating):
        return weight
    noise = 1 + NOISE * rng.standard_normal(weight.shape)
    return (weight * noise).astype(weight.dtype)
