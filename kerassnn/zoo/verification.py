"""Whether an entry is what was published, on the backend at hand."""

import math
from typing import Any

import keras
import numpy as np

from kerassnn.zoo.cards import check_digests
from kerassnn.zoo.cards import read_card
from kerassnn.zoo.loading import load_entry
from kerassnn.zoo.network import check_network
from kerassnn.zoo.probe import INPUTS
from kerassnn.zoo.probe import replay
from kerassnn.zoo.registry import find
from kerassnn.zoo.weights import check_size


def verify(name: str, *, tolerance: float = 1e-3) -> dict[str, Any]:
    """Checks an entry's files, and its outputs on the current backend.

    Every file is hashed; the stored inputs run through the loaded model.
    Seven of the eight must give their logits and their tap again: another
    order of summation can move a potential across the threshold, so one
    input is allowed a spike more or less. A wrong weight, constant or
    padding moves all eight. Reduced precision, such as TF32, moves them too:
    verify in float32, or with another `tolerance`.

    Args:
        name: String, an entry's name, or `hf://owner/repo/entry`.
        tolerance: Float, absolute.

    Returns:
        Dict: `name`, `backend`, `inputs`, `agreeing`, and the largest
        differences `logits` and `tap` of the agreeing inputs.

    Raises:
        ValueError: if a file or an output is not what was published.
    """
    good = isinstance(tolerance, (int, float)) and 0 <= tolerance < math.inf
    if not good or isinstance(tolerance, bool):
        raise ValueError(
            f"expected tolerance >= 0, received: tolerance={tolerance!r}"
        )
    folder = find(name, files=None)
    card = read_card(folder)
    check_size(folder, card)
    check_digests(folder, card)
    check_network(card)
    distances = replay(load_entry(folder, card), folder)
    good = np.maximum(distances["logits"], distances["tap"]) <= tolerance
    if good.sum() < INPUTS - 1:
        raise ValueError(
            f"{name} on {keras.backend.backend()}: expected the stored "
            f"outputs within tolerance={tolerance} for {INPUTS - 1} of "
            f"{INPUTS} inputs, received: differences "
            f"logits={distances['logits'].tolist()}, "
            f"tap={distances['tap'].tolist()}"
        )
    return {
        "name": name,
        "backend": keras.backend.backend(),
        "inputs": INPUTS,
        "agreeing": int(good.sum()),
        "logits": float(distances["logits"][good].max()),
        "tap": float(distances["tap"][good].max()),
    }
