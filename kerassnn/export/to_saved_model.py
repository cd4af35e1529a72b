import dataclasses
import os
import pathlib

import keras
import numpy as np
from keras import ops

from kerassnn.drafts import replacing_folder
from kerassnn.export.plain import plain
from kerassnn.export.report import Report
from kerassnn.export.report import check_inputs
from kerassnn.export.report import compare


def saved_model(
    model: keras.Model,
    path: str | os.PathLike,
    *,
    check: np.ndarray | None = None,
) -> Report:
    """Writes a network as TensorFlow's SavedModel, endpoint `serve`.

    Norms are folded, neurons written step by step. A model of
    `zoo.load(name, preprocess=True)` takes stored images and normalises
    them in the file too.

    Args:
        model: Functional Keras model, ANN or SNN.
        path: Path of a folder that does not exist yet.
        check: Array (N, ...) of inputs on which file and network are
            compared. `None` makes some up.

    Returns:
        `Report`.

    Raises:
        ValueError: if the folder exists, the backend is torch, `check` has
            another shape, or what was written computes something else.
    """
    path = check_saved_model(path)
    single = plain(model)
    x = check_inputs(check, single.input_shape[1:])
    expected = ops.convert_to_numpy(single(x, training=False))
    with replacing_folder(path) as draft:
        received = np.asarray(write(single, draft)(x))
        report = compare(draft, expected, received)
    return dataclasses.replace(report, path=path)


def write(model, draft):
    """Writes a SavedModel into a folder; returns what calls its endpoint."""
    model.export(draft, format="tf_saved_model", verbose=False)
    return keras.layers.TFSMLayer(draft, call_endpoint="serve")


def check_saved_model(path):
    """The path of a folder to write; ValueError where it cannot be."""
    path = pathlib.Path(path)
    if path.exists() or not path.parent.is_dir():
        raise ValueError(
            "expected a folder that does not exist, in one that does, "
            f"received: {str(path)!r}"
        )
    if keras.backend.backend() == "torch":
        raise ValueError(
            "expected TensorFlow or JAX as backend: Keras writes no "
            "SavedModel on torch"
        )
    return path
