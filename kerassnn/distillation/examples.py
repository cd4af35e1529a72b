"""Images, labels and sample weights: checked before and in training."""

import keras
import numpy as np
from keras import ops

from kerassnn.ops.checks import check_finite


def check_examples(x, y, sample_weight, class_weight, student):
    """ValueError for data no student can be trained on.

    Args:
        x: Array or tensor of images; what has no shape passes.
        y: Array or tensor of labels, likewise.
        sample_weight: Array or tensor (B,), likewise.
        class_weight: Dict class -> float, or `None`.
        student: Functional `keras.Model`.
    """
    check_images("`x`", x, student)
    if hasattr(y, "shape"):
        _labels(ops.convert_to_numpy(y), student.output_shape[-1])
    if hasattr(sample_weight, "shape"):
        check_finite("`sample_weight`", ops.convert_to_numpy(sample_weight))
    if class_weight:
        check_finite("`class_weight`", np.asarray(list(class_weight.values())))


def check_images(name, x, model):
    """ValueError for images that a model does not take.

    Args:
        name: String, for messages.
        x: Array or tensor; what has no shape passes.
        model: Functional `keras.Model`.
    """
    if hasattr(x, "shape"):
        _images(name, ops.convert_to_numpy(x), model.input_shape)


def sound(x, y, classes):
    """Whether a batch is finite and its labels are classes, as a tensor.

    Backends differ in what they make of a label out of range: an error, no
    loss at all, or the last class.

    Args:
        x: Tensor of images, or a structure of them.
        y: Tensor (B,), (B, 1) or (B, K) of labels.
        classes: Int, K.

    Returns:
        Scalar bool.
    """
    tensors = [t for t in keras.tree.flatten((x, y)) if t is not None]
    good = [ops.all(ops.isfinite(t)) for t in tensors if _real(t)]
    if hasattr(y, "shape") and _indices(y.shape, classes):
        whole = ops.cast(y, "int32")
        good.append(ops.all(ops.logical_and(whole >= 0, whole < classes)))
        good.append(ops.all(ops.equal(ops.cast(whole, y.dtype), y)))
    return ops.all(ops.stack(good)) if good else True


def _images(name, x, expected):
    if x.dtype.kind not in "fiu" and x.dtype.name != "bfloat16":
        raise ValueError(
            f"{name} must hold real numbers. Received: x of dtype "
            f"{x.dtype} and shape {x.shape}"
        )
    if x.ndim != len(expected) or any(
        e is not None and e != n
        for e, n in zip(expected[1:], x.shape[1:], strict=True)
    ):
        raise ValueError(
            f"{name} must have shape {expected}. Received: {x.shape}"
        )
    check_finite(name, x)


def _labels(y, classes):
    if y.dtype.kind not in "fiub" and y.dtype.name != "bfloat16":
        raise ValueError(
            "labels must be class numbers or probabilities. Received: dtype "
            f"{y.dtype}"
        )
    check_finite("labels", y)
    if not y.size or not _indices(y.shape, classes):
        return
    if (y != np.floor(y)).any():
        raise ValueError(
            "labels (B,) or (B, 1) must be whole class numbers. Received: "
            f"{y[y != np.floor(y)][0]}"
        )
    if y.min() < 0 or y.max() >= classes:
        raise ValueError(
            f"labels must lie in 0..{classes - 1}. Received: "
            f"{y.min()}..{y.max()}"
        )


def _indices(shape, classes):
    """Whether labels of a shape are class numbers; of one logit, none are."""
    return classes > 1 and (len(shape) == 1 or tuple(shape[1:]) == (1,))


def _real(tensor):
    name = keras.backend.standardize_dtype(tensor.dtype)
    return name.startswith(("float", "bfloat"))
