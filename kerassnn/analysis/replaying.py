"""Means of what a network computes within, over samples."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops

from kerassnn.models.graph import replay
from kerassnn.ops.checks import check_inputs


def means(
    model: keras.Model, pick: Callable, x: Any, batch_size: int
) -> list[np.ndarray]:
    """Means of tensors of each sample, nested models looked through.

    They are taken while the network runs, so that the activations of a whole
    data set are never held.

    Args:
        model: Functional or sequential `keras.Model`.
        pick: Function (path, layer, inputs, outputs) of every call within
            the model, to a list of tensors (B, ...). `inputs` and `outputs`
            are flat lists of tensors.
        x: Array (N, ...), inputs as the model takes them.
        batch_size: Int.

    Returns:
        List of arrays (N,), in the order of the calls.

    Raises:
        ValueError: if `x` is empty or not finite.
    """
    check_inputs("`x`", x)
    found = _Means(model, pick).predict(x, batch_size=batch_size, verbose=0)
    return [*found[1:]]


class _Means(keras.Model):
    def __init__(self, model, pick):
        super().__init__(name="means", autocast=False)
        self.model = model
        self.pick = pick

    def call(self, inputs):
        flat = keras.tree.flatten(inputs)
        given = zip(flat, self.model.inputs, strict=True)
        # A first one, as `predict` gives no list of none or of one.
        found = [ops.zeros(ops.shape(flat[0])[:1])]

        def run(path, layer, args, kwargs, outputs):
            y = layer(*args, **kwargs)
            inner = filter(ops.is_tensor, keras.tree.flatten((args, kwargs)))
            picked = self.pick(path, layer, [*inner], keras.tree.flatten(y))
            found.extend(map(_mean, picked))
            return y

        replay(self.model, [ops.cast(x, t.dtype) for x, t in given], run)
        return found


def _mean(tensor):
    axes = tuple(range(1, len(tensor.shape)))
    return ops.mean(ops.cast(tensor, "float32"), axis=axes)
