"""Stored inputs and outputs of a model, replayed to see that it is the same."""

import math
import zipfile

import keras
import numpy as np

from kerassnn.zoo.cards import inside

PROBE = "probe.npz"
TAP = "stage1"
INPUTS = 8
LARGEST = 16_000_000  # bytes of the arrays together, at most
FLOAT = np.dtype("<f4")


def replay(model, folder):
    """Distance of a model's outputs from those stored, per input.

    Args:
        model: Model of the entry, with its weights.
        folder: Path of the entry.

    Returns:
        Dict of arrays (8,): largest difference of the `logits` and the `tap`.

    Raises:
        ValueError: if the file does not hold the inputs and outputs of such
            a model; their shapes are compared before they are unpacked.
    """
    both = _both(model)
    logits, tap = (tuple(output.shape) for output in both.outputs)
    probe = read_probe(
        folder,
        {
            "inputs": (INPUTS, *model.input_shape[1:]),
            "logits": (INPUTS, logits[-1]),
            "tap": (INPUTS, tap[-1]),
        },
    )
    logits, tap = _run(both, probe["inputs"])
    return {
        "logits": np.max(np.abs(logits - probe["logits"]), axis=1),
        "tap": np.max(np.abs(tap - probe["tap"]), axis=1),
    }


def outputs(model):
    """Function of inputs: logits (N, K), and mean of the tap (N, C)."""
    both = _both(model)
    return lambda x: _run(both, x)


def _run(both, x):
    logits, tap = both.predict(x, batch_size=INPUTS, verbose=0)
    between = tuple(range(1, tap.ndim - 1))
    return logits, tap.mean(axis=between, dtype="float32")


def read_probe(folder, shapes):
    """The arrays of an entry's `probe.npz`.

    Args:
        folder: Path of the entry.
        shapes: Dict of the names of the arrays and their shapes.

    Raises:
        ValueError: if the file holds anything else.
    """
    path = inside(folder, PROBE)
    where = f"{path.parent.name}/{PROBE}"
    size = sum(FLOAT.itemsize * math.prod(s) for s in shapes.values())
    # No stored file is larger than what it holds, but for names and headers.
    if size > LARGEST or path.stat().st_size > size + 10_000:
        raise ValueError(
            f"{where}: expected at most {min(size, LARGEST)} bytes of arrays, "
            f"received: {path.stat().st_size} of the file, {size} by the "
            "shapes of the network"
        )
    try:
        with zipfile.ZipFile(path) as archive:
            expected = sorted(f"{name}.npy" for name in shapes)
            if sorted(archive.namelist()) != expected:
                raise ValueError(f"expected the arrays {sorted(shapes)}")
            return {
                name: _array(archive, name, shape)
                for name, shape in shapes.items()
            }
    except Exception as error:  # zipfile and zlib raise a dozen kinds
        raise ValueError(f"{where}: {type(error).__name__}: {error}") from None


def _array(archive, name, shape):
    size = FLOAT.itemsize * math.prod(shape)
    with archive.open(f"{name}.npy") as file:
        if np.lib.format.read_magic(file) != (1, 0):
            raise ValueError(f"expected {name} in format 1.0 of npy")
        header = np.lib.format.read_array_header_1_0(file)
        if header != (tuple(shape), False, FLOAT):
            raise ValueError(
                f"expected {name} of shape {tuple(shape)} as float32, "
                f"received: shape={header[0]}, dtype={header[2]}"
            )
        content = file.read(size)
        if len(content) != size or file.read(1):
            raise ValueError(f"expected {size} bytes of {name}")
    array = np.frombuffer(content, FLOAT).reshape(shape)
    if not np.all(np.isfinite(array)):
        raise ValueError(f"expected finite numbers, received: NaN in {name}")
    return array


def _both(model):
    tensors = [model.get_layer(name).output for name in ("logits", TAP)]
    return keras.Model(model.inputs, tensors)
