import dataclasses
import math
import typing

PRECISIONS = ("float32", "mixed_bfloat16")


@dataclasses.dataclass(frozen=True)
class Config:
    """The fields every recipe has; a recipe's own `Config` adds to them.

    Values are checked against the annotations when a config is made, so that
    a wrong one fails before anything is trained.

    Args:
        seed: Seeds weights, batches and augmentation.
        epochs: Passes over the training images.
        batch_size: Images a step.
        learning_rate: Peak of the schedule.
        momentum: Of SGD.
        weight_decay: Strength of the L2 term, on kernels only.
        label_smoothing: Of the task loss.
        data_dir: Folder of the data set; empty for the default one.
        train_examples: Training images used, the first ones; 0 for all.
        validation: Images held out of the training set, 0 for none.
        jit_compile: Whether the step is compiled with XLA where Keras would.
        precision: `"float32"` or `"mixed_bfloat16"`.
        checkpoint_seconds: Longest time between two checkpoints.
        warm_start: Whether the student starts from its teacher's weights.
        steps_per_execution: Steps in one call of the compiled function.

    Raises:
        ValueError: if a value is of another type than its field, or out of
            its range.
    """

    seed: int = 0
    epochs: int = 1
    batch_size: int = 64
    learning_rate: float = 0.1
    momentum: float = 0.9
    weight_decay: float = 5e-4
    label_smoothing: float = 0.0
    data_dir: str = ""
    train_examples: int = 0
    validation: int = 0
    jit_compile: bool = True
    precision: str = "float32"
    checkpoint_seconds: float = 300.0
    warm_start: bool = False
    steps_per_execution: int = 1

    def __post_init__(self):
        for name, kind in field_types(self).items():
            _check_type(name, kind, getattr(self, name))
        for name in ("epochs", "batch_size", "steps_per_execution"):
            _check(name, getattr(self, name), getattr(self, name) > 0, "> 0")
        for name in (
            "seed",
            "learning_rate",
            "momentum",
            "weight_decay",
            "label_smoothing",
            "train_examples",
            "validation",
            "checkpoint_seconds",
        ):
            _check(name, getattr(self, name), getattr(self, name) >= 0, ">= 0")
        allowed = self.precision in PRECISIONS
        _check("precision", self.precision, allowed, f"one of {PRECISIONS}")


def field_types(config):
    """Returns {field name: type} of a config, or of its class."""
    hints = typing.get_type_hints(
        config if isinstance(config, type) else type(config)
    )
    return {f.name: hints[f.name] for f in dataclasses.fields(config)}


def _check(name, value, holds, expected):
    if not holds:
        raise ValueError(f"expected {name} {expected}, received: {value!r}")


def _check_type(name, kind, value):
    accepted = {float: (int, float)}.get(kind, kind)
    is_bool = isinstance(value, bool)
    if not isinstance(value, accepted) or is_bool is not (kind is bool):
        raise ValueError(
            f"expected {name} of type {kind.__name__}, "
            f"received: {name}={value!r}"
        )
    if kind is float:
        _check(name, value, math.isfinite(value), "finite")
