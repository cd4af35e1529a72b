import keras


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

    def __init__(self, function, **arguments):
        self.function = function
        self.arguments = arguments

    def __call__(self):
        """Returns a freshly initialised model."""
        return self.function(**self.arguments)

    @property
    def spec(self):
        """The same as plain JSON values."""
        serialise = keras.saving.serialize_keras_object
        return {
            "name": self.function.__name__,
            "arguments": {
                name: _nameless(serialise(value))
                for name, value in self.arguments.items()
            },
        }


def _nameless(value):
    """Without Keras's automatic names, which count up within a process."""
    if isinstance(value, list):
        return [_nameless(item) for item in value]
    if not isinstance(value, dict):
        return value
    found = {key: _nameless(item) for key, item in value.items()}
    if "class_name" in found and isinstance(found.get("config"), dict):
        found["config"].pop("name", None)
    return found
