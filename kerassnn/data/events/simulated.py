"""Event sets of image sets: simulated, and named so."""

import functools
import hashlib
import inspect
import json

import numpy as np

from kerassnn import folders
from kerassnn.data.augmentation.tables import gray
from kerassnn.data.events import simulation
from kerassnn.data.events import store
from kerassnn.data.events.framing import frames
from kerassnn.data.events.sets import as_splits
from kerassnn.data.events.sets import checked_framing

SUFFIX = "_saccades"


def simulate(images, given, framing):
    """Saccades of an image set as frames, see `kerassnn.data.load`.

    Both parts are simulated. For real test recordings, load a real set.

    Args:
        images: `kerassnn.data.Splits` of the image set.
        given: Path of the folder of data sets, or `None`.
        framing: Dict, arguments of `kerassnn.data.frames`.

    Returns:
        `kerassnn.data.Splits` of the name `<image set>_saccades`.
    """
    name = images.name + SUFFIX
    height, width = images.input_shape[:2]
    spare = simulation.SPARE
    framing = checked_framing(framing, (height + spare, width + spare))
    parts = (images.train, images.test)
    place = folders.home() if given is None else given / "kerassnn"
    pairs = store.framed(
        place,
        folders.home,
        f"{name}-{_key(framing, parts)}",
        [
            (functools.partial(_framed, x, images.scale, seed, framing), y)
            for seed, (x, y) in enumerate(parts)
        ],
    )
    return as_splits(
        name,
        images.classes,
        images.class_names,
        pairs,
        channels=2,
        split=f"simulated from {images.name}: {images.split}",
    )


def _framed(x, scale, seed, framing):
    light = gray(x).astype("float32") / scale
    for recording in simulation.saccades(light, seed=seed):
        yield frames(recording, **framing)


def _key(framing, parts):
    """A digest that other images or another way to simulate change."""
    digest = hashlib.sha256()
    way = str(inspect.signature(simulation.saccades))
    described = [framing, way, simulation.CORNERS]
    digest.update(json.dumps(described, sort_keys=True).encode())
    for x, y in parts:
        for array in (x, y):
            digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()[:16]
