"""The network of a run, with the weights that its training left."""

import keras
import numpy as np

from kerassnn import models
from kerassnn.training import Run

WEIGHTS = "student.weights.h5"


def published_network(run: Run, name: str) -> keras.Model:
    """The network as it is published, see `models.Builder.published`.

    Raises:
        ValueError: if the run describes no network, or its weights are not
            those of the network, finite; the message names the file.
    """
    described = run.folder / "result.json"
    trained = _built(run.trained, name, described)
    _load(trained, run.folder / WEIGHTS)
    if run.flow is None:
        return trained
    model = _built(run.builder, name, described)
    models.transfer(trained, model, may_differ=())
    return model


def _built(builder, name, described):
    try:
        return builder.replace(name=name)()
    except Exception as error:  # whatever a wrong argument does to Keras
        raise ValueError(
            f"{described}: expected a builder with its arguments, received: "
            f"{_short(error)}"
        ) from error


def _load(model, path):
    try:
        model.load_weights(path)
    except Exception as error:  # whatever a damaged file does to HDF5
        raise ValueError(
            f"{path}: expected the weights of {model.name}, received: "
            f"{_short(error)}"
        ) from error
    wrong = [w.path for w in model.weights if not _finite(w)]
    if wrong:
        raise ValueError(
            f"{path}: expected finite weights, received: NaN or infinity in "
            f"{wrong[0]}"
        )


def _finite(weight):
    return np.isfinite(keras.ops.convert_to_numpy(weight)).all()


def _short(error):
    return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
