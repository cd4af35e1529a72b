import dataclasses
import os
import pathlib

import keras
import numpy as np
from keras import ops

from kerassnn.drafts import replacing_folder
from kerassnn.export.plain import plain
from kerassnn.export.report import SAMPLES
from kerassnn.export.report import Report
from kerassnn.export.report import check_inputs
from kerassnn.export.report import checked_path
from kerassnn.export.report import compare
from kerassnn.export.to_saved_model import check_saved_model
from kerassnn.export.to_saved_model import write
from kerassnn.files import replacing


def predictor(
    model: keras.Model,
    path: str | os.PathLike,
    *,
    check: np.ndarray | None = None,
) -> Report:
    """Writes a network that needs nothing around it, and runs the file.

    uint8 images (N, H, W, C) as they are stored go in, a dict comes out:
    `label`, int32 (N,), the index of the class, and `probability`, float32
    (N,), its softmax of the logits. Norms are folded, neurons written step by
    step.

    Args:
        model: Functional Keras model from stored images to logits, as of
            `zoo.load(name, preprocess=True)`; one of one's own begins with
            `keras.layers.Rescaling` or the like.
        path: Path that ends in `.keras`, for a file that
            `keras.saving.load_model` reads after `import kerassnn`; any other
            is that of a folder that does not exist yet, for TensorFlow's
            SavedModel, endpoint `serve`.
        check: Array (N, ...) of stored images, integers in 0..255, on which
            file and network are compared. `None` makes some up.

    Returns:
        `Report`; its `difference` is one of probabilities.

    Raises:
        ValueError: if the folder exists, the backend writes no SavedModel,
            the model does not end in logits (N, K), `check` is not as above,
            or what was written computes something else, in which case it is
            not kept.
    """
    path = pathlib.Path(path)
    if path.suffix == ".keras":
        checked_path(path, ".keras")
    else:
        check_saved_model(path)
    if len(model.outputs) != 1 or len(model.output_shape) != 2:
        raise ValueError(
            "expected a network of one output, logits (N, K), received: "
            f"{model.name!r} of output {model.output_shape}"
        )
    x = _stored(model, check)
    logits = model(x, training=False)
    expected = _chosen(*_decided(logits), logits.shape[-1])
    made = _predicting(plain(model))
    if path.suffix == ".keras":
        with replacing(path) as part:
            made.save(part)
            found = keras.saving.load_model(part)(x)
            report = compare(part, expected, _answer(found, logits))
        return dataclasses.replace(report, path=path)
    with replacing_folder(path) as draft:
        found = write(made, draft)(x)
        report = compare(draft, expected, _answer(found, logits))
    return dataclasses.replace(report, path=path)


def _predicting(network):
    inputs = keras.Input(network.input_shape[1:], dtype="uint8", name="image")
    label, probability = _decided(network(ops.cast(inputs, "float32")))
    outputs = {
        "label": keras.layers.Identity(name="label", dtype="int32")(label),
        "probability": keras.layers.Identity(name="probability")(probability),
    }
    return keras.Model(inputs, outputs, name=network.name)


def _decided(logits):
    """The class and its probability of each row."""
    label = ops.cast(ops.argmax(logits, axis=-1), "int32")
    return label, ops.max(ops.softmax(logits, axis=-1), axis=-1)


def _answer(found, logits):
    return _chosen(found["label"], found["probability"], logits.shape[-1])


def _chosen(label, probability, classes):
    """(N, K), zeros but for the probability of the class that was chosen."""
    label = np.asarray(ops.convert_to_numpy(label))
    rows = np.zeros((len(label), classes), "float32")
    rows[np.arange(len(label)), label] = ops.convert_to_numpy(probability)
    return rows


def _stored(model, check):
    """Stored images to compare on: those given, or seeded integers."""
    shape = model.input_shape[1:]
    if check is None:
        # What a zoo entry's images reach; others are of 8 bits.
        layers = {layer.name: layer for layer in model.layers}
        scale = getattr(layers.get("normalise"), "scale", 255.0)
        rng = np.random.default_rng(0)
        return rng.integers(0, int(scale) + 1, (SAMPLES, *shape), "uint8")
    values = check_inputs(check, shape)
    if (values != np.clip(np.round(values), 0, 255)).any():
        raise ValueError(
            "expected check of stored images, integers in 0..255, received: "
            f"{values.dtype} in [{values.min():.4g}, {values.max():.4g}]"
        )
    return values.astype("uint8")
