"""Models that take images as they are stored."""

import keras

from kerassnn.zoo.normalise import Normalise
from kerassnn.zoo.preprocessing import check_stored


@keras.saving.register_keras_serializable("kerassnn")
class StoredInput(keras.Model):
    """Functional model that refuses images which are not as stored."""

    def call(self, inputs, training=None, mask=None, **kwargs):
        self._check(inputs)
        return super().call(inputs, training=training, mask=mask, **kwargs)

    def predict(self, x, *args, **kwargs):
        self._check(x)
        return super().predict(x, *args, **kwargs)

    def evaluate(self, x=None, *args, **kwargs):
        self._check(x)
        return super().evaluate(x, *args, **kwargs)

    def fit(self, x=None, *args, **kwargs):
        self._check(x)
        return super().fit(x, *args, **kwargs)

    def _check(self, x):
        check_stored(x, self.get_layer("normalise").scale)


def stored_input(model, preprocessing):
    """A model of the same layers that takes images as they are stored.

    Args:
        model: Functional model of normalised images.
        preprocessing: Dict, the constants of a card's `preprocessing`.
    """
    inputs = keras.Input(model.input_shape[1:], name="stored")
    constants = {key: preprocessing[key] for key in ("scale", "mean", "std")}
    x = Normalise(**constants, name="normalise")(inputs)

    def call(layer, *arguments, **named):
        first = keras.tree.map_structure(
            lambda tensor: x if tensor is inputs else tensor, arguments
        )
        return layer(*first, **named)

    copy = keras.models.clone_model(
        model,
        input_tensors=inputs,
        clone_function=lambda layer: layer,
        call_function=call,
    )
    return StoredInput(inputs, copy.output, name=model.name)
