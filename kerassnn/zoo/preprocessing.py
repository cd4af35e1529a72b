"""From images as they are stored to what an entry takes."""

from typing import Any

import keras
import numpy as np

from kerassnn.data.normalising import normalise

OVERSHOOT = 1.25  # what resizing by splines may add


def prepare(preprocessing: dict[str, Any], x: Any) -> Any:
    """Images as an entry takes them: (x / scale - mean) / std as float32.

    Args:
        preprocessing: Dict, the constants of a card's `preprocessing`.
        x: Array or tensor (..., C) as stored: integers in 0..scale, or floats
            on the same scale. Inside `tf.data` too.

    Returns:
        Array or tensor like x, float32.

    Raises:
        ValueError: if x has other channels, or its values, where they are
            known, are not on the stored scale.
    """
    constants = {key: preprocessing[key] for key in ("scale", "mean", "std")}
    check_stored(x, constants["scale"])
    return normalise(x, **constants)


def check_stored(x, scale):
    """Raises ValueError if values can be seen not to be on the stored scale.

    Floats in [0, 1] are most likely images divided by `scale` already, and
    values far above it those of a set with another scale. Frames of events
    (`scale` 1) hold counts, of which any may be.

    Args:
        x: Array or tensor; of a symbolic one nothing is known.
        scale: Float, the largest stored value.
    """
    values = _concrete(x)
    if values is None or values.size == 0:
        return
    low, high = float(values.min()), float(values.max())
    floats = values.dtype.kind not in "uib"
    if floats and low >= 0 and 0 < high <= 1 < scale:
        hint = f"multiply images of 0 to 1 by {scale:g}"
    elif not low >= 0:
        hint = "are they normalised already?"
    elif high > OVERSHOOT * scale > OVERSHOOT:
        hint = "bring them to that scale"
    else:
        return
    raise ValueError(
        f"expected images as stored, in 0..{scale:g}, received: "
        f"{values.dtype} in [{low:.4g}, {high:.4g}]; {hint}"
    )


def _concrete(x):
    """The values of an array or tensor; `None` while a graph is traced."""
    if isinstance(x, np.ndarray):
        return x
    if not keras.ops.is_tensor(x) or isinstance(x, keras.KerasTensor):
        return None
    try:
        return keras.ops.convert_to_numpy(x)
    # Each backend has its own error for a tensor without values.
    except Exception:
        return None
