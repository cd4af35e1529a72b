"""Whether an entry still is what its card says."""

import sys
import time

import keras
import numpy as np

from kerassnn import data
from kerassnn.zoo.loading import load
from kerassnn.zoo.probe import INPUTS
from kerassnn.zoo.probe import replay
from kerassnn.zoo.registry import card
from kerassnn.zoo.registry import find
from kerassnn.zoo.weights import check_digests

PATIENCE = 10.0  # seconds between two lines of progress


def evaluate(name, *, data_dir=None, batch_size=128):
    """Measures an entry's accuracy again, on the whole test set.

    Args:
        name: String, an entry's name.
        data_dir: Folder of the data sets, see `kerassnn.data.load`.
        batch_size: Int >= 1.

    Returns:
        Dict: `name`, `dataset`, `images`, `accuracy` and `card_accuracy`,
        that of the same weights when they were published.

    Raises:
        ValueError: as `load`, if `batch_size` is not as above, or if the
            data set is not here.
    """
    if type(batch_size) is not int or batch_size < 1:
        raise ValueError(
            f"expected an int batch_size >= 1, received: {batch_size!r}"
        )
    found = card(name)
    model = load(name)
    x, y = data.load(found["dataset"], data_dir=data_dir).test
    return {
        "name": name,
        "dataset": found["dataset"],
        "images": len(y),
        "accuracy": accuracy(
            model, found["preprocessing"], x, y, batch_size, label=name
        ),
        "card_accuracy": found["results"]["accuracy"],
    }


def verify(name, *, tolerance=1e-3):
    """Checks an entry's files, and its outputs on the current backend.

    Every file is hashed; the stored inputs run through the loaded model.
    Seven of the eight must give their logits and their tap again: another
    order of summation can move a potential across the threshold, so one
    input is allowed a spike more or less. A wrong weight, constant or
    padding moves all eight. Reduced precision, such as TF32, moves them too:
    verify in float32, or with another `tolerance`.

    Args:
        name: String, an entry's name.
        tolerance: Float, absolute.

    Returns:
        Dict: `name`, `backend`, `inputs`, `agreeing`, and the largest
        differences `logits` and `tap` of the agreeing inputs.

    Raises:
        ValueError: if a file or an output is not what was published.
    """
    folder, found = find(name), card(name)
    check_digests(folder, found)
    model = load(name)
    if model.count_params() != found["parameters"]:
        raise ValueError(
            f"{name}: expected parameters={found['parameters']}, received: "
            f"parameters={model.count_params()}"
        )
    distances = replay(model, folder)
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


def accuracy(model, preprocessing, x, y, batch_size=128, label=None):
    """Share of images whose largest logit is their label's.

    Args:
        model: Keras model, normalised images to logits (B, K).
        preprocessing: Dict, see `prepare`.
        x: Array (N, ...) as stored.
        y: Array (N,) of class indices.
        batch_size: Int.
        label: String, what lines of progress on stderr begin with; `None`
            for no such lines.
    """
    parts = _predictions(model, preprocessing, x, batch_size, label)
    return int(sum(_right(logits, y[part]) for part, logits in parts)) / len(y)


def running_accuracies(model, preprocessing, x, y, batch_size=128, label=None):
    """As `accuracy`, of the mean logits of the first 1, 2, ..., T steps.

    Args:
        model: Keras model, normalised images to per-step logits (B, T, K).

    Returns:
        List of T floats.
    """
    parts = _predictions(model, preprocessing, x, batch_size, label)
    right = sum(
        _right(np.cumsum(logits, axis=1), y[part][:, None])
        for part, logits in parts
    )
    return [int(count) / len(y) for count in right]


def _predictions(model, preprocessing, x, batch_size, label):
    """Pairs of a slice of the images and what the model says of them."""
    begun = shown = time.monotonic()
    for start in range(0, len(x), 16 * batch_size):
        part = slice(start, start + 16 * batch_size)
        logits = model.predict(
            prepare(preprocessing, x[part]), batch_size=batch_size, verbose=0
        )
        now, done = time.monotonic(), min(part.stop, len(x))
        if label and now - shown > PATIENCE:
            shown = now
            text = f"{label}: {done} of {len(x)} images, {now - begun:.0f} s"
            print(text, file=sys.stderr, flush=True)
        yield part, logits


def _right(logits, y):
    return np.sum(np.argmax(logits, axis=-1) == y, axis=0)


def prepare(preprocessing, x):
    """Images as an entry takes them: (x / scale - mean) / std as float32.

    Args:
        preprocessing: Dict, the constants of a card's `preprocessing`.
        x: Array (..., C) as stored.
    """
    mean = np.asarray(preprocessing["mean"], "float32")
    std = np.asarray(preprocessing["std"], "float32")
    return (x.astype("float32") / preprocessing["scale"] - mean) / std
