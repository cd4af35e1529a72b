from collections.abc import Sequence
from typing import Any

import keras

from kerassnn.distillation.arguments import revived
from kerassnn.distillation.distiller import Distiller


@keras.saving.register_keras_serializable("kerassnn")
class Combined(Distiller):
    """The terms of several methods in one loss.

        L = loss_weights["task"] * task + sum_m sum_n w_mn term n of method m

    Student and teacher run once a step; each method reads of them what it
    taps. The task loss is that of the first method, once, with its weight:
    on mean logits or on the logits of every step. The terms are named after
    their method, `sastc_kd`, `sastc_feature`, `tser_kd`..., and have the
    weights that the methods were made with.

    Args:
        methods: Sequence of two or more distillers, not compiled, of the
            same student and, where they have one, of the same teacher. They
            are used up.
        loss_weights: Dict term name -> float, over the methods' own.

    Raises:
        ValueError: as `Distiller`; if a method is given twice or is a
            combination, students, teachers or views differ, a tap has one
            layer here and another there, or a method has a forward pass of
            its own, such as `BlockReplacement` and `TSSD`.

    Example:
        >>> distiller = kerassnn.distillation.Combined(
        ...     [
        ...         kerassnn.distillation.SASTC(student, teacher),
        ...         kerassnn.distillation.TSER(student, teacher),
        ...     ],
        ...     loss_weights={"sastc_feature": 5.0},
        ... )
    """

    def __init__(
        self,
        methods: Sequence[Distiller],
        *,
        loss_weights: dict[str, float] | None = None,
        **kwargs: Any,
    ):
        methods = list(methods)
        _check(methods)
        with_teacher = [m for m in methods if m.teacher is not None]
        main = (with_teacher or methods)[0]
        self.needs_teacher = any(m.needs_teacher for m in methods)
        self.reads_steps = any(m.reads_steps for m in methods)
        self.default_weights = _weights(methods)
        super().__init__(
            main.student,
            main.teacher,
            loss_weights=loss_weights,
            student_taps=_merged(methods, "student_taps"),
            teacher_taps=_merged(methods, "teacher_taps"),
            teacher_view=main.teacher_view,
            **kwargs,
        )
        self.methods = methods

    def build_adapters(self, batch_size: int | None) -> None:
        for method in self.methods:
            if not method.built:
                method.build((batch_size, *self.student.input_shape[1:]))

    def task_inputs(self, y: Any, views: dict, sample_weight: Any) -> tuple:
        return self.methods[0].task_inputs(y, views, sample_weight)

    def loss_terms(self, y: Any, views: dict) -> dict[str, Any]:
        return {
            f"{prefix(method)}_{name}": term
            for method in self.methods
            for name, term in method.loss_terms(y, views).items()
        }

    def get_config(self) -> dict[str, Any]:
        shared = ("student", "teacher", "teacher_view")
        methods = [
            {
                "class": keras.saving.get_registered_name(type(method)),
                "taught": method.teacher is not None,
                "config": {
                    name: value
                    for name, value in method.get_config().items()
                    if name not in shared
                },
            }
            for method in self.methods
        ]
        return {**super().get_config(), "methods": methods}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        config = revived(config, custom_objects)
        nets = {
            name: config.pop(name)
            for name in ("student", "teacher", "teacher_view")
            if name in config
        }
        methods = []
        for told in config.pop("methods"):
            method = keras.saving.get_registered_object(
                told["class"], custom_objects
            )
            own = nets if told["taught"] else {"student": nets["student"]}
            methods.append(method(**own, **told["config"]))
        for merged in ("student_taps", "teacher_taps"):
            del config[merged]
        return cls(methods, **config)


def prefix(method):
    """What the terms of a method begin with, in a combination."""
    return type(method).__name__.lower()


def _check(methods):
    names = [type(method).__name__ for method in methods]
    plain = [isinstance(m, Distiller) for m in methods]
    if not all(plain) or len(set(names)) < max(2, len(names)):
        raise ValueError(
            "expected two or more distillers, of another method each. "
            f"Received: {names}"
        )
    for name, method in zip(names, methods, strict=True):
        own = type(method).views is not Distiller.views
        if own or method.reruns_student or isinstance(method, Combined):
            raise ValueError(
                f"{name} has a forward pass of its own, which cannot be "
                f"shared with {[n for n in names if n != name]}: train with "
                "it alone"
            )
    taught = [m for m in methods if m.teacher is not None]
    for role, those in (
        ("student", methods),
        ("teacher", taught),
        ("teacher_view", taught),
    ):
        found = [getattr(method, role) for method in those]
        if any(each != found[0] for each in found):
            raise ValueError(
                f"expected methods of one {role}. Received: "
                f"{[type(m).__name__ for m in those]} of {found}"
            )


def _weights(methods):
    """Weights of all terms, the first method's `task` at their front."""
    found = {}
    for i, method in enumerate(methods):
        for name, weight in method._config["loss_weights"].items():
            if name != "task":
                found[f"{prefix(method)}_{name}"] = weight
            elif i == 0:
                found["task"] = weight
    return found


def _merged(methods, taps):
    """Dict tap -> layer of all methods; ValueError where two differ."""
    found = {}
    for method in methods:
        for tap, layer in getattr(method, taps).items():
            if found.setdefault(tap, layer) != layer:
                raise ValueError(
                    f"expected one layer for the tap {tap!r} in {taps}. "
                    f"Received: {found[tap]!r} and {layer!r}"
                )
    return found
