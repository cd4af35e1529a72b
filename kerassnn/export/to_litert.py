import dataclasses
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
from kerassnn.export.streams import named
from kerassnn.files import replacing
from kerassnn.models.stepwise import streaming

PRECISIONS = ("float32", "float16", "int8")


def litert(
    model: keras.Model,
    path: str | os.PathLike,
    *,
    precision: str = "float32",
    stream: bool = False,
    calibration: np.ndarray | None = None,
    check: np.ndarray | None = None,
) -> Report:
    """Writes a network for LiteRT (TensorFlow Lite), and runs the file.

    Norms are folded, neurons written step by step in built-in operators.
    Input and output stay float32. With `stream`, it is the network of
    `kerassnn.models.streaming`: its signature takes `frame` and the states
    by name, and gives `logits` and the states under the same names, to be
    given back with the next frame. Before the first they are
    `kerassnn.models.initial_states`, zeros but for neurons with a `v_init`.

    Args:
        model: Functional Keras model, ANN or SNN.
        path: Path that ends in `.tflite`.
        precision: `"float32"`, `"float16"` (weights, half the size) or
            `"int8"` (weights and activations, a quarter of the size).
        stream: Bool. Not with `"int8"`. Defaults to `False`.
        calibration: Array (N, ...) of normalised training images, by which
            the ranges of `"int8"` are found.
        check: Array (N, ...) of inputs on which file and network are
            compared. `None` makes some up. In lower precisions the
            difference is in the report and is no error.

    Returns:
        `Report`.

    Raises:
        ValueError: if an argument is not as above, the backend is not
            TensorFlow, or a float32 file computes something else.
    """
    path = checked_path(path, ".tflite")
    if precision not in PRECISIONS:
        raise ValueError(
            f"expected a precision of {PRECISIONS}, received: "
            f"precision={precision!r}"
        )
    if keras.backend.backend() != "tensorflow":
        raise ValueError(
            "expected TensorFlow as backend, which converts to LiteRT, "
            f"received: {keras.backend.backend()}"
        )
    if (calibration is not None) != (precision == "int8"):
        raise ValueError(
            "expected calibration images for precision='int8' and for no "
            f"other, received: precision={precision!r} and calibration="
            f"{'None' if calibration is None else 'an array'}"
        )
    if stream and precision == "int8":
        raise ValueError(
            "expected float32 or float16 for a stream, received: "
            "precision='int8'"
        )
    single = plain(model)
    if stream:
        return _stream(single, path, precision, check)
    shape = single.input_shape[1:]
    x = check_inputs(check, shape)
    options = _options(precision, calibration, shape)
    expected = ops.convert_to_numpy(single(x, training=False))
    with replacing(path) as part:
        single.export(part, format="litert", verbose=False, **options)
        received = run_litert(part, x)
        report = compare(part, expected, received, precision == "float32")
    return dataclasses.replace(report, path=path)


def _stream(single, path, precision, check):
    model = streaming(single)
    x = check_inputs(check, model.input[0].shape[1:])
    flat = named(model)
    flat({k: np.zeros((1, *v.shape[1:])) for k, v in flat.input.items()})
    names = [tensor.name for tensor in keras.tree.flatten(model.input)]
    outputs = ["logits", *names[1:]]
    with replacing(path) as part:
        flat.export(part, format="litert", verbose=False, **_options(precision))
        signature = _interpreter(part).get_signature_runner()

        def run(own):
            found = signature(**dict(zip(names, own, strict=True)))
            return [found[name] for name in outputs]

        found = follow(model, x, run)
        report = compare(part, *found, precision == "float32")
    return dataclasses.replace(report, path=path)


def _interpreter(path):
    import tensorflow as tf

    return tf.lite.Interpreter(str(path), num_threads=1)


def run_litert(path, x):
    """The outputs of a LiteRT file.

    Args:
        path: Path of the file.
        x: Array (N, ...), float32.

    Returns:
        Array (N, K).
    """
    interpreter = _interpreter(path)
    given = interpreter.get_input_details()[0]["index"]
    interpreter.resize_tensor_input(given, x.shape)
    interpreter.allocate_tensors()
    interpreter.set_tensor(given, x)
    interpreter.invoke()
    return interpreter.get_tensor(interpreter.get_output_details()[0]["index"])


def _options(precision, calibration=None, shape=None):
    if precision == "float32":
        return {}
    import tensorflow as tf

    options = {"optimizations": [tf.lite.Optimize.DEFAULT]}
    if precision == "float16":
        return {**options, "target_spec": {"supported_types": [tf.float16]}}
    images = check_inputs(calibration, shape)
    builtins = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    # Comparisons of potentials have no integer form everywhere.
    builtins.append(tf.lite.OpsSet.TFLITE_BUILTINS)
    return {
        **options,
        "representative_dataset": lambda: ([one[None]] for one in images),
        "target_spec": {"supported_ops": builtins},
    }
