"""What a distiller is given, checked before any work is lost."""

import keras
import numpy as np


def models(student, teacher, teacher_needed):
    """ValueError unless both are models that end in logits of K classes."""
    for role, model in (("student", student), ("teacher", teacher)):
        if model is None and (role == "student" or teacher_needed):
            raise ValueError(f"expected a {role} model. Received: {role}=None")
        if model is None:
            continue
        if not isinstance(model, keras.Model) or not hasattr(model, "outputs"):
            raise ValueError(
                f"the {role} must be a functional or sequential keras.Model. "
                f"Received: {role}={model!r}"
            )
        if len(model.outputs) != 1 or len(model.outputs[0].shape) != 2:
            shapes = [tuple(t.shape) for t in model.outputs]
            raise ValueError(
                f"the {role} must have one output of shape (B, K), logits. "
                f"Received: output shapes {shapes}"
            )
        last = getattr(model.layers[-1], "activation", None)
        if last is keras.activations.softmax:
            raise ValueError(
                f"the {role} must give logits, and its last layer "
                f"{model.layers[-1].name!r} ends in a softmax: build it with "
                "activation=None (keras.applications: "
                "classifier_activation=None)."
            )
    if teacher is None:
        return
    frozen = {id(v) for v in teacher.variables}
    shared = [v.path for v in student.variables if id(v) in frozen]
    if shared:
        raise ValueError(
            "teacher and student must not share weights, since the teacher's "
            f"are frozen. Received: {len(shared)} shared, such as {shared[0]}"
        )
    if student.output_shape[-1] != teacher.output_shape[-1]:
        raise ValueError(
            "teacher and student must have the same number of classes. "
            f"Received: teacher {teacher.output_shape[-1]}, "
            f"student {student.output_shape[-1]}"
        )
    if student.input_shape != teacher.input_shape and None not in (
        *student.input_shape[1:],
        *teacher.input_shape[1:],
    ):
        raise ValueError(
            "teacher and student must take the same input. Received: teacher "
            f"{teacher.input_shape}, student {student.input_shape}"
        )


def weights(given, defaults):
    """Defaults overridden by `given`; ValueError on a name not among them."""
    given = dict(given or {})
    unknown = sorted(set(given) - set(defaults))
    if unknown:
        raise ValueError(
            f"`weights` must have keys among {sorted(defaults)}. "
            f"Received: {unknown}"
        )
    return {k: float(given.get(k, v)) for k, v in defaults.items()}


def positive(name, value):
    """`value` as a float; ValueError unless it is positive."""
    if not isinstance(value, (int, float)) or not value > 0:
        raise ValueError(
            f"`{name}` must be a positive number. Received: {name}={value!r}"
        )
    return float(value)


def from_logits(loss):
    """ValueError for a cross-entropy that expects probabilities."""
    name = loss if isinstance(loss, str) else getattr(loss, "__name__", "")
    if callable(loss) and getattr(keras.losses, name, None) is not loss:
        name = ""  # a function of the user's own
    config = loss.get_config() if isinstance(loss, keras.Loss) else {}
    if config.get("from_logits") is False or "crossentropy" in name:
        raise ValueError(
            "the student gives logits: expected a loss with from_logits=True,"
            " such as keras.losses.SparseCategoricalCrossentropy("
            f"from_logits=True). Received: loss={loss!r}"
        )


def arrays(x, y, student):
    """ValueError for arrays no student can be trained on."""
    if isinstance(x, np.ndarray):
        if x.dtype.kind not in "fiu":
            raise ValueError(
                "`x` must hold real numbers. Received: x of dtype "
                f"{x.dtype} and shape {x.shape}"
            )
        expected = student.input_shape
        if x.ndim != len(expected) or any(
            e is not None and e != n
            for e, n in zip(expected[1:], x.shape[1:], strict=True)
        ):
            raise ValueError(
                f"`x` must have shape {expected}. Received: {x.shape}"
            )
        if x.dtype.kind == "f" and not np.isfinite(x).all():
            bad = int((~np.isfinite(x)).sum())
            raise ValueError(
                f"`x` must be finite. Received: {bad} values NaN or infinite"
            )
    if isinstance(y, np.ndarray) and y.dtype.kind in "iu" and y.ndim == 1:
        classes = student.output_shape[-1]
        if y.size and (y.min() < 0 or y.max() >= classes):
            raise ValueError(
                f"labels must lie in 0..{classes - 1}. Received: "
                f"{y.min()}..{y.max()}"
            )
