"""Teachers that compute once what every training reads."""

import hashlib
import json
import os
import threading
import zlib
from typing import Any

import keras
import numpy as np

from kerassnn.distillation import arguments
from kerassnn.distillation import checks
from kerassnn.distillation.logit_store import DTYPES
from kerassnn.distillation.logit_store import LogitStore
from kerassnn.distillation.stored_teacher import StoredTeacher


def store_logits(
    teacher: keras.Model,
    data: Any,
    folder: str | os.PathLike,
    *,
    dtype: str = "float32",
    max_gigabytes: float = 4.0,
) -> tuple[StoredTeacher, Any]:
    """Teacher and data of which the teacher's logits are read from disk.

    The batches of a `kerassnn.data.Pipeline` depend on seed, epoch and step
    alone. The first training that meets a batch computes its logits and
    stores them; every later one of the same seed, batch size and
    augmentation reads them, whatever its method or student. Nothing else
    changes: a training may be ended, resumed and repeated as without.

    An epoch of N images takes N K values; an epoch for which there is no
    place is computed each time. Logits are those of the teacher alone: the
    compiler may round them otherwise inside a step with the student.

    Args:
        teacher: `keras.Model`, images to logits (B, K).
        data: `kerassnn.data.Pipeline`.
        folder: Path, made if it is not there. One for each seed.
        dtype: `"float32"` or, of half the size and rounded to 3 digits,
            `"float16"`. Defaults to `"float32"`.
        max_gigabytes: Float > 0, of the folder. Defaults to `4.0`.

    Returns:
        `StoredTeacher`, which methods that read logits alone take in place
        of the teacher, and the `Pipeline` to give to `fit`, whose batches
        are ((images, logits), labels).

    Raises:
        ValueError: if an argument is not as said, or the folder holds the
            logits of another teacher, or of batches of other images.

    Example:
        >>> stored, train = kerassnn.distillation.store_logits(
        ...     teacher, train, "logits/0"
        ... )
        >>> distiller = kerassnn.distillation.LogitsKD(student, stored)
        >>> distiller.compile("adam", loss)
        >>> distiller.fit(train, epochs=10, shuffle=False)
    """
    if not hasattr(data, "beside"):
        raise ValueError(
            "expected a kerassnn.data.Pipeline, whose batches can be drawn "
            "again; StoredTeacher takes arrays with their logits. Received: "
            f"data={data!r}"
        )
    if dtype not in DTYPES:
        raise ValueError(
            f"`dtype` must be one of {DTYPES}. Received: dtype={dtype!r}"
        )
    most = 1e9 * arguments.positive("max_gigabytes", max_gigabytes)
    x, _ = data.batch(data.epoch, data.start_step)
    given = keras.Input(x.shape[1:], dtype=x.dtype.name)
    teacher = checks.with_graph(teacher, given)
    checks.classifier("teacher", teacher)
    told = {
        "teacher": digest(teacher),
        "classes": teacher.output_shape[-1],
        "images": len(data.y),
        "steps": data.steps,
        "batch_size": data.batch_size,
        "seed": data.seed,
        "dtype": dtype,
    }
    alone = keras.Model(given, teacher(given))
    source = _Source(alone, LogitStore(folder, told, most))
    source(x, data.epoch, data.start_step)  # told now, if it is of other data
    return StoredTeacher(told["classes"], told["teacher"]), data.beside(source)


class _Source:
    """Logits of a batch, stored or else computed and stored."""

    def __init__(self, teacher, store):
        self.teacher, self.store = teacher, store
        self._lock = threading.Lock()  # for pipelines of several workers

    def __call__(self, x, epoch, step):
        images = zlib.crc32(np.ascontiguousarray(x))
        logits = self.store.read(epoch, step, images, len(x))
        if logits is None:
            with self._lock:
                logits = self.teacher.predict_on_batch(x)
            logits = self.store.write(epoch, step, images, logits)
        return logits


def digest(model):
    """String that two networks share if they have one function.

    Args:
        model: `keras.Model` with a graph.
    """
    found = hashlib.sha256()
    for layer in _layers(model):
        told = {**layer.get_config(), "compute": layer.compute_dtype}
        told = _without_names(told)
        found.update(f"{type(layer).__name__} {told}".encode())
    for weight in model.weights:
        found.update(np.ascontiguousarray(keras.ops.convert_to_numpy(weight)))
    return found.hexdigest()


def _layers(model):
    for layer in model.layers:
        inside = _layers(layer) if hasattr(layer, "layers") else [layer]
        yield from inside


def _without_names(told):
    """A config as JSON; names may differ from process to process."""

    def bare(value):
        return {k: v for k, v in value.items() if k != "name"}

    text = json.dumps(told, default=lambda other: type(other).__name__)
    return json.dumps(json.loads(text, object_hook=bare), sort_keys=True)
