import threading
from collections.abc import Callable
from typing import Any

import keras
import numpy as np


class KerasCV:
    """A keras-cv augmentation layer as the `augment` of a `Pipeline`.

    For what neither Keras nor `Augment` has: GridMask, FourierMix, Mosaic,
    ChannelShuffle, RandomChoice. The layer's generators are set again for
    every batch, so that a batch depends on its seed alone; this also sets
    TensorFlow's global seed. Runs eagerly through TensorFlow on every
    backend, and layers that loop over images cost 10 to 50 ms an image that
    way (GridMask, FourierMix, AugMix, RandAugment), the others below 1 ms.

    Args:
        layer: Name of a class in `keras_cv.layers`, or a layer.
        first: Callable (x, y, rng) -> x, y to run before, such as
            `Augment()`. Defaults to `None`.
        **arguments: of the layer, where a name is given.

    Input shape:  x (B, H, W, C), 0..255; y (B,), or one-hot (B, K).
    Output shape: the same, x float32.

    Raises:
        ImportError: if keras-cv is not installed.
        ValueError: if keras-cv has no layer of that name.

    Example:
        >>> augment = KerasCV("GridMask", first=Augment(), fill_mode="constant")
    """

    def __init__(
        self,
        layer: str | keras.layers.Layer,
        first: Callable | None = None,
        **arguments: Any,
    ):
        layers = _import_keras_cv().layers
        if isinstance(layer, str):
            if not hasattr(layers, layer):
                raise ValueError(
                    "expected the name of a keras-cv layer, received: "
                    f"layer={layer!r}"
                )
            layer = getattr(layers, layer)(**arguments)
        self.layer = layer
        self.first = first
        self.mixes = getattr(first, "mixes", False)
        self._generators = list(_generators(layer))
        self._lock = threading.Lock()

    def __call__(
        self, x: np.ndarray, y: np.ndarray, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        if self.first is not None:
            x, y = self.first(x, y, rng)
        seeds = rng.integers(0, 2**31, 1 + len(self._generators)).tolist()
        # The generators belong to the layer, and workers share the layer.
        with self._lock:
            return self._draw(x, y, seeds)

    def _draw(self, x, y, seeds):
        import tensorflow as tf

        tf.random.set_seed(seeds[0])
        for generator, seed in zip(self._generators, seeds[1:], strict=True):
            if isinstance(generator, keras.random.SeedGenerator):
                generator.state.assign([seed, 0])
            else:
                generator.reset_from_seed(seed)
        batch = {"images": tf.constant(x, "float32")}
        if y.ndim == 2:
            batch["labels"] = tf.constant(y, "float32")
        batch = self.layer(batch, training=True)
        if y.ndim == 2:
            y = keras.ops.convert_to_numpy(batch["labels"])
        return keras.ops.convert_to_numpy(batch["images"]), y


def _import_keras_cv():
    try:
        import keras_cv
    except ImportError as error:
        raise ImportError(
            "keras-cv could not be imported: pip install kerassnn[cv] "
            f"({error})"
        ) from error
    return keras_cv


def _generators(value, seen=None):
    """Every random generator held by a layer or the layers inside it."""
    seen = set() if seen is None else seen
    if id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, keras.random.SeedGenerator):
        yield value
    elif hasattr(value, "reset_from_seed"):
        yield value
    elif isinstance(value, keras.layers.Layer):
        yield from _generators(dict(vars(value)), seen)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _generators(item, seen)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _generators(item, seen)
