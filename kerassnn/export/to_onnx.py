import dataclasses
import importlib.util
import os

import keras
import numpy as np
from keras import ops

from kerassnn.export.plain import plain
from kerassnn.export.report import Report
from kerassnn.export.report import check_inputs
from kerassnn.export.report import checked_path
from kerassnn.export.report import compare
from kerassnn.export.streams import follow
from kerassnn.files import replacing
from kerassnn.models.stepwise import streaming

CONVERTERS = {"jax": "jax2onnx", "tensorflow": "tf2onnx", "torch": "onnxscript"}


def onnx(
    model: keras.Model,
    path: str | os.PathLike,
    *,
    stream: bool = False,
    check: np.ndarray | None = None,
) -> Report:
    """Writes a network as ONNX, and runs the file to see that it is right.

    Norms are folded, neurons written step by step in plain operators. The
    whole sequence takes images (N, H, W, C) as the network does, N free on
    TensorFlow. With `stream`, it is the network of
    `kerassnn.models.streaming` for one stream: a frame and the states go in,
    the logits so far and the states come out, in the order of the model's
    `inputs` and `outputs`.

    Args:
        model: Functional Keras model, ANN or SNN, of normalised images.
        path: Path that ends in `.onnx`.
        stream: Bool. Defaults to `False`.
        check: Array (N, ...) of inputs on which file and network are
            compared. `None` makes some up.

    Returns:
        `Report`.

    Raises:
        ValueError: if the path has another ending, `check` another shape,
            the network cannot be written, or the file computes something
            else, in which case it is not kept.
        ImportError: without the packages of the extra `onnx`.
    """
    path = checked_path(path, ".onnx")
    runtime = _runtime()
    _check_converter()
    single = plain(model)
    if stream:
        return _stream(single, path, runtime, check)
    x = check_inputs(check, single.input_shape[1:])
    expected = ops.convert_to_numpy(single(x, training=False))
    # torch writes the batch it was shown.
    with replacing(path) as part:
        _write(single, part)
        session = runtime.InferenceSession(str(part))
        name = session.get_inputs()[0].name
        received = _run_batches(session, name, x)
        report = compare(part, expected, received)
    return dataclasses.replace(report, path=path)


def _run_batches(session, name, x):
    try:
        return session.run(None, {name: x})[0]
    except Exception:  # a file for one image at a time
        rows = [session.run(None, {name: one[None]})[0] for one in x]
        return np.concatenate(rows)


def _stream(single, path, runtime, check):
    model = streaming(single)
    frame = model.input[0]
    x = check_inputs(check, frame.shape[1:])
    with replacing(path) as part:
        _write(model, part)
        session = runtime.InferenceSession(str(part))
        # The states are told apart by the order of the model's inputs.
        names = [item.name for item in session.get_inputs()]

        def run(own):
            return session.run(None, dict(zip(names, own, strict=True)))

        report = compare(part, *follow(model, x, run))
    return dataclasses.replace(report, path=path)


def _write(model, path):
    x = keras.tree.map_structure(
        lambda t: np.zeros((1, *t.shape[1:]), "float32"), model.input
    )
    model(x, training=False)  # Keras exports no model that was never called
    model.export(path, format="onnx", verbose=False)


def _check_converter():
    wanted = CONVERTERS[keras.backend.backend()]
    if importlib.util.find_spec(wanted) is None:
        raise ImportError(
            f"expected the package {wanted}, by which Keras writes ONNX on "
            f"{keras.backend.backend()}, received: none. pip install "
            "kerassnn[onnx] has those of TensorFlow and torch, on which the "
            "same weights run"
        )


def _runtime():
    try:
        import onnxruntime
    except ImportError as error:
        raise ImportError(
            "files are checked by onnxruntime: pip install kerassnn[onnx]"
        ) from error
    return onnxruntime
