import dataclasses
import math
import typing

# What values may be; the names are what a message says is expected.
LIMITS = {
    "> 0": lambda value: value > 0,
    ">= 0": lambda value: value >= 0,
    "in [0, 1)": lambda value: 0 <= value < 1,
}


@dataclasses.dataclass(frozen=True)
class Config:
    """The fields every recipe has; a recipe's own `Config` adds to them.

    Values are checked against the annotations, and against the class's
    `LIMITED` and `CHOICES`, when a config is made, so that a wrong one fails
    before anything is trained. A subclass adds its own fields there, and names
    in `UNUSED` those fields of its base that its recipe does not read: they
    cannot be given.

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
    steps_per_execution: int = 1

    # Without annotations, so no fields.
    LIMITED = {
        "seed": ">= 0",
        "epochs": "> 0",
        "batch_size": "> 0",
        "learning_rate": ">= 0",
        "momentum": "in [0, 1)",
        "weight_decay": ">= 0",
        "label_smoothing": "in [0, 1)",
        "train_examples": ">= 0",
        "validation": ">= 0",
        "checkpoint_seconds": ">= 0",
        "steps_per_execution": "> 0",
    }
    CHOICES = {"precision": ("float32", "mixed_bfloat16")}
    UNUSED = ()

    def __post_init__(self):
        for name, kind in field_types(self).items():
            _check_type(name, kind, getattr(self, name))
        for name, limit in self.LIMITED.items():
            value = getattr(self, name)
            check_field(name, value, LIMITS[limit](value), limit)
        for name, allowed in self.CHOICES.items():
            value = getattr(self, name)
            check_field(name, value, value in allowed, f"one of {allowed}")


def field_types(config):
    """Returns {field name: type} of what a config, or its class, is given."""
    hints = typing.get_type_hints(
        config if isinstance(config, type) else type(config)
    )
    names = [field.name for field in dataclasses.fields(config)]
    return {name: hints[name] for name in names if name not in config.UNUSED}


def known(config, values):
    """Returns those of `values`, a dict, that are fields which it is given.

    A run's folder holds what its recipe leaves unused as well.
    """
    fields = field_types(config)
    return {k: v for k, v in values.items() if k in fields}


def check_field(name, value, holds, expected):
    """ValueError unless what a field must fulfil holds."""
    if not holds:
        raise ValueError(
            f"expected {name} {expected}, received: {name}={value!r}"
        )


def _check_type(name, kind, value):
    accepted = {float: (int, float)}.get(kind, kind)
    is_bool = isinstance(value, bool)
    if not isinstance(value, accepted) or is_bool is not (kind is bool):
        raise ValueError(
            f"expected {name} of type {kind.__name__}, "
            f"received: {name}={value!r}"
        )
    if kind is float:
        check_field(name, value, math.isfinite(value), "finite")
