"""What a distiller is given, checked before any work is lost."""

import keras

from kerassnn.distillation.endings import probabilities
from kerassnn.distillation.stored_teacher import StoredTeacher
from kerassnn.layers import SpikingNeuron


def models(student, teacher, teacher_needed):
    """ValueError unless both are models that end in logits of K classes.

    Args:
        student: Functional `keras.Model`.
        teacher: Functional `keras.Model` or `None`.
        teacher_needed: Whether `None` is an error.
    """
    for role, model in (("student", student), ("teacher", teacher)):
        if model is None and (role == "student" or teacher_needed):
            raise ValueError(f"expected a {role} model. Received: {role}=None")
        if model is not None:
            classifier(role, model)
    if teacher is None:
        return
    if spikes(teacher) and not spikes(student):
        raise ValueError(
            "expected the student first, then the teacher, and the spiking "
            "one as the student: they look exchanged. Received: student="
            f"{student.name!r} without, teacher={teacher.name!r} with spikes"
        )
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


def view(teacher, view, seen):
    """ValueError unless the teacher takes what it is to see.

    Args:
        teacher: Functional `keras.Model` or `None`.
        view: `View`.
        seen: Symbolic tensor, its `seen`.
    """
    if teacher is None and view.given is not None:
        raise ValueError(
            "expected a teacher for `teacher_view`. Received: teacher=None, "
            f"teacher_view={view.given!r}"
        )
    if teacher is None or seen is None:
        return
    shape = keras.tree.map_structure(lambda t: tuple(t.shape), seen)
    if view.given is None:
        expected = "teacher and student must take the same input. Received: "
        found = f"teacher {teacher.input_shape}, student {shape}"
    else:
        expected = "the teacher must take what it is to see. Received: "
        found = (
            f"teacher {teacher.input_shape}, teacher_view={view.given!r} "
            f"gives {shape}"
        )
    if shape != teacher.input_shape and None not in (
        *shape[1:],
        *teacher.input_shape[1:],
    ):
        raise ValueError(expected + found)


def with_graph(model, given):
    """A model as one layer of a functional one, unless it is functional.

    Args:
        model: `keras.Model`, subclassed or not built, or anything else,
            which is given back.
        given: Symbolic tensor, what `model` is run on; with `None` or
            several, `model` is given back, too.

    Raises:
        ValueError: if `model` cannot be run on such an input.
    """
    known = not isinstance(model, keras.Model) or has_graph(model)
    if known or not isinstance(given, keras.KerasTensor):
        return model
    inputs = keras.Input(batch_shape=given.shape, dtype=given.dtype)
    try:
        return keras.Model(inputs, model(inputs), name=model.name)
    except Exception as error:
        raise ValueError(
            "expected a teacher that takes what it is to see, "
            f"{tuple(given.shape)}. Received: {model.name!r}, which raises "
            f"{type(error).__name__}: {error}"
        ) from error


def stored(teacher, method, taps):
    """ValueError for stored logits where a method reads more.

    Args:
        teacher: `keras.Model` or `None`.
        method: `Distiller`.
        taps: Names of the teacher's taps, as given.
    """
    if not isinstance(teacher, StoredTeacher):
        return
    if taps or method.needs_teacher and method.default_taps:
        raise ValueError(
            f"{type(method).__name__} reads feature maps of the teacher, of "
            "which logits alone are stored: expected the teacher itself. "
            f"Received: teacher={teacher!r}"
        )


def has_graph(model):
    """Whether a model is functional, or a built sequential one."""
    return isinstance(model, keras.Model) and hasattr(model, "outputs")


def spikes(layer):
    """Whether a layer, or any inside it, is a spiking neuron."""
    if isinstance(layer, SpikingNeuron):
        return True
    inside = (*getattr(layer, "layers", ()), getattr(layer, "layer", None))
    return any(spikes(each) for each in inside if each is not None)


def classifier(role, model):
    """ValueError unless a model has a graph that ends in logits (B, K)."""
    if not has_graph(model):
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
    last = probabilities(model)
    if last:
        raise ValueError(
            f"the {role} must give logits, and its layer {last!r} ends in a "
            "softmax or sigmoid: build it with activation=None "
            "(keras.applications: classifier_activation=None)."
        )
