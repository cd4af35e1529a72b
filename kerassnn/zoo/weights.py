"""Weight files of entries: safetensors, with kernels in half precision."""

import keras
import numpy as np
import safetensors
import safetensors.numpy

from kerassnn import models
from kerassnn.files import replacing
from kerassnn.zoo.cards import check_digests
from kerassnn.zoo.cards import inside
from kerassnn.zoo.schema import largest

WEIGHTS = "model.safetensors"
BYTES = {"F16": 2, "F32": 4}  # of a number, by safetensors' name of its dtype


def save_half(model, path):
    """Writes a model's weights, named `layer/variable`.

    Kernels are float16: half the size at no loss that a test set shows. What
    normalises (one number a channel) keeps float32.

    Args:
        model: Built Keras model.
        path: Path that ends in `.safetensors`.

    Raises:
        ValueError: if a weight is NaN, infinite or too large for float16, or
            two weights have one name.
    """
    arrays = {
        name: _half(keras.ops.convert_to_numpy(variable), name)
        for name, variable in _named(model).items()
    }
    # Their own writer leaves a file that nobody else may read.
    with replacing(path) as temporary:
        temporary.write_bytes(safetensors.numpy.save(arrays))


def check_size(folder, card):
    """Raises ValueError unless a weight file can be that of its card.

    Args:
        folder: Path of the entry.
        card: Its card.
    """
    size = inside(folder, WEIGHTS).stat().st_size
    least = min(BYTES.values()) * card["parameters"]
    most = largest(WEIGHTS, card)
    if not least <= size <= most:
        raise ValueError(
            f"{folder.name}/{WEIGHTS}: expected {least} to {most} bytes, for "
            f"parameters={card['parameters']} of its card, received: {size}"
        )


def load_half(model, folder, card):
    """Gives a model the weights of an entry, all of them or none.

    Digest, names, shapes and types are compared before a number is read.

    Args:
        model: Model as the card's builder gives it.
        folder: Path of the entry.
        card: Its card.

    Raises:
        ValueError: if the file is not the card's, not that of this network,
            or holds NaN or infinity.
    """
    check_size(folder, card)
    check_digests(folder, card, [WEIGHTS])
    read_half(model, inside(folder, WEIGHTS))


def read_half(model, path):
    """As `load_half`, of a file that has no card yet."""
    named = _named(model)
    arrays = _read(path, named)
    for name, variable in named.items():
        variable.assign(arrays[name].astype("float32"))


def _read(path, named):
    where = f"{path.parent.name}/{path.name}"
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            _check_header(file, named, where)
            arrays = {name: file.get_tensor(name) for name in named}
    except (OSError, safetensors.SafetensorError) as error:
        raise ValueError(
            f"{where}: expected a safetensors file, received: {error}"
        ) from None
    for name, array in arrays.items():
        if not np.all(np.isfinite(array)):
            raise ValueError(
                f"{where}: expected finite weights, received: {name} with NaN "
                "or infinity"
            )
    return arrays


def _check_header(file, named, where):
    names = set(file.keys())
    if names != named.keys():
        lacking = sorted(named.keys() - names)[:3]
        unknown = sorted(names - named.keys())[:3]
        raise ValueError(
            f"{where}: expected the weights of the card's network, received: "
            f"missing={lacking}, unknown={unknown}"
        )
    for name, variable in named.items():
        found = file.get_slice(name)
        shape, dtype = tuple(found.get_shape()), found.get_dtype()
        if shape != tuple(variable.shape) or dtype not in BYTES:
            raise ValueError(
                f"{where}: expected {name} of shape {tuple(variable.shape)} "
                f"and dtype {sorted(BYTES)}, received: shape={shape}, "
                f"dtype={dtype!r}"
            )


def _named(model):
    named = models.named_weights(model)
    if len(named) != len(model.weights):
        raise ValueError(
            "expected a model whose weights have names of their own, "
            f"received: {model.name} with {len(model.weights)} weights of "
            f"{len(named)} names"
        )
    return named


def _half(array, name):
    if not np.all(np.isfinite(array)):
        raise ValueError(
            f"expected finite weights, received: {name} with NaN or infinity"
        )
    if array.ndim < 2:
        return array.astype("float32")
    largest, found = np.finfo("float16").max, np.max(np.abs(array), initial=0)
    if found > largest:
        raise ValueError(
            f"expected weights within float16's {largest}, received: "
            f"{name} with {found}"
        )
    return array.astype("float16")
