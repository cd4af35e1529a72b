import inspect
from collections.abc import Callable
from typing import Any

import keras

from kerassnn.models.flow import serialised
from kerassnn.models.networks import BUILDERS
from kerassnn.models.revival import NotOurs
from kerassnn.models.revival import revive


class Builder:
    """A model's builder with its arguments: makes it, and describes it.

    Args:
        function: Builder such as `kerassnn.models.ResNet19`.
        **arguments: Its arguments: plain values, or objects that Keras can
            serialise.

    Example:
        >>> student = Builder(models.ResNet8, timesteps=2, neuron=layers.LIF())
        >>> model = student()
    """

    def __init__(
        self, function: Callable[..., keras.Model], **arguments: Any
    ) -> None:
        self.function = function
        self.arguments = arguments

    def __call__(self) -> keras.Model:
        """Returns a freshly initialised model."""
        return self.function(**self.arguments)

    def __eq__(self, other):
        return isinstance(other, Builder) and self.to_json() == other.to_json()

    __hash__ = None

    def __repr__(self):
        given = "".join(f", {k}={v!r}" for k, v in self.arguments.items())
        return f"Builder({self.name}{given})"

    @property
    def name(self) -> str:
        """Of the function."""
        return self.function.__name__

    def replace(self, **arguments: Any) -> "Builder":
        """Returns a `Builder` of the same function, some arguments changed."""
        return Builder(self.function, **{**self.arguments, **arguments})

    def published(self) -> "Builder":
        """Returns the `Builder` of what a trained network is published as.

        The same, unless its flow is for training only: see `Flow.published`.
        """
        others = dict(self.arguments)
        flow = others.pop("flow", None)
        if flow is None:
            return self
        return Builder(self.function, **others, **flow.published())

    def to_json(self) -> dict[str, Any]:
        """Returns a dict of plain values, `name` and `arguments`.

        What is no trait of the network is left out of serialised objects:
        their names, which count up within a process, their precision, which
        is for whoever builds it to choose, and whether they were in use.
        """
        return {
            "name": self.name,
            "arguments": {
                name: _neutral(serialised(value))
                for name, value in self.arguments.items()
            },
        }

    @classmethod
    def from_json(cls, value: Any) -> "Builder":
        """The builder that `to_json` described.

        Args:
            value: Dict of `name` and `arguments`, from whatever source:
                nothing in it is run.

        Returns:
            `Builder` of a function of `kerassnn.models.BUILDERS`.

        Raises:
            ValueError: if there is no such builder, it has no such argument,
                or an argument is an object of a class that is not listed.
        """
        if not isinstance(value, dict) or set(value) != {"name", "arguments"}:
            raise ValueError(
                "expected a dict of `name` and `arguments`, received: "
                f"{type(value).__name__}"
            )
        name, arguments = value["name"], value["arguments"]
        if not isinstance(name, str) or name not in BUILDERS:
            raise NotOurs(
                f"expected a builder of {sorted(BUILDERS)}, received: "
                f"name={str(name)[:99]!r}"
            )
        known = set(inspect.signature(BUILDERS[name]).parameters)
        if not isinstance(arguments, dict) or not set(arguments) <= known:
            given = sorted(map(str, arguments))[:9] if arguments else arguments
            raise ValueError(
                f"expected arguments of {name}, {sorted(known)}, received: "
                f"{given}"
            )
        revived = {key: revive(item) for key, item in arguments.items()}
        return cls(BUILDERS[name], **revived)


def _neutral(value):
    """As JSON, serialised objects without what `to_json` leaves out."""
    if isinstance(value, (list, tuple)):
        return [_neutral(item) for item in value]
    if not isinstance(value, dict):
        return value
    found = {key: _neutral(item) for key, item in value.items()}
    if "class_name" in found and isinstance(found.get("config"), dict):
        found.pop("build_config", None)
        found["config"].pop("name", None)
        found["config"].pop("dtype", None)
    return found
