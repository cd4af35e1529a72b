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
            "arguments": {k: serialise(v) for k, v in self.arguments.items()},
        }
