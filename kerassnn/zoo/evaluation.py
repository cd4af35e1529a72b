"""How accurate a network is on the test images of its data set."""

import os
import sys
import time
from typing import Any

import numpy as np

from kerassnn import data
from kerassnn.zoo.cards import read_card
from kerassnn.zoo.loading import load_entry
from kerassnn.zoo.network import check_network
from kerassnn.zoo.preprocessing import prepare
from kerassnn.zoo.registry import find
from kerassnn.zoo.weights import WEIGHTS
from kerassnn.zoo.weights import check_size

PATIENCE = 10.0  # seconds between two lines of progress


def evaluate(
    name: str,
    *,
    data_dir: str | os.PathLike | None = None,
    batch_size: int = 128,
    part: str = "test",
) -> dict[str, Any]:
    """Measures an entry's accuracy again, on the whole test set.

    Args:
        name: String, an entry's name.
        data_dir: Folder of the data sets, see `kerassnn.data.load`.
        batch_size: Int >= 1.
        part: `"test"`, or `"train"` for the training images, which an entry
            that was trained on another set has never seen.

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
    if part not in ("test", "train"):
        raise ValueError(f"expected 'test' or 'train', received: part={part!r}")
    folder = find(name, [WEIGHTS])
    found = read_card(folder)
    check_size(folder, found)
    check_network(found)
    model = load_entry(folder, found)
    x, y = getattr(load_splits(found["dataset"], model, data_dir), part)
    return {
        "name": name,
        "dataset": found["dataset"],
        "images": len(y),
        "accuracy": accuracy(
            model, found["preprocessing"], x, y, batch_size, label=name
        ),
        "card_accuracy": found["results"]["accuracy"],
    }


def load_splits(dataset, model, data_dir):
    """A data set as a network takes it: events in frames of its input.

    Args:
        dataset: String, its name.
        model: Keras model of one input, (B, T, H, W, C) for event sets.
        data_dir: Folder of the data sets, see `kerassnn.data.load`.

    Returns:
        `kerassnn.data.Splits`.
    """
    framing = {}
    if len(model.input_shape) == 5:
        _, timesteps, *size, _ = model.input_shape
        framing = {"timesteps": timesteps, "size": tuple(size)}
    return data.load(dataset, data_dir=data_dir, **framing)


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
