"""The layers of a network that runs one timestep at a time."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("kerassnn")
class NeuronStep(keras.layers.Layer):
    """One step of a neuron: `[currents, potential]` to the next of both.

    Args:
        neuron: `SpikingNeuron`, whose weights it shares.

    Input shape:  two of (B, ...), the second float32.
    Output shape: two of (B, ...), spikes and the potential after the reset.
    """

    def __init__(self, neuron, **kwargs):
        kwargs.setdefault("name", neuron.name)
        kwargs.setdefault("dtype", neuron.dtype_policy)
        super().__init__(autocast=False, **kwargs)
        if isinstance(neuron, dict):
            neuron = keras.saving.deserialize_keras_object(neuron)
        self.neuron = neuron

    def build(self, input_shape):
        if not self.neuron.built:
            shape = input_shape[0]
            self.neuron.build((shape[0], 1, *shape[1:]))

    def call(self, inputs):
        current, v = inputs
        spikes, v = self.neuron.step(v, ops.cast(current, v.dtype))
        return ops.cast(spikes, self.compute_dtype), v

    def compute_output_spec(self, inputs):
        current, v = inputs
        return (
            keras.KerasTensor(current.shape, dtype=self.compute_dtype),
            keras.KerasTensor(v.shape, dtype=v.dtype),
        )

    def get_config(self):
        neuron = keras.saving.serialize_keras_object(self.neuron)
        return {**super().get_config(), "neuron": neuron}


@keras.saving.register_keras_serializable("kerassnn")
class ReadoutStep(keras.layers.Layer):
    """One step of a readout: `[logits, gathered, step]` to both of the next.

    Args:
        tau: Float, time constant of `MembraneReadout`; `None` for the mean
            of `MeanReadout`.

    Input shape:  (B, K), (B, K) and (B, 1).
    Output shape: two of (B, K): the prediction so far, what is gathered.
    """

    def __init__(self, tau=None, **kwargs):
        super().__init__(**kwargs)
        self.tau = tau

    def call(self, inputs):
        logits, gathered, step = inputs
        if self.tau is None:
            gathered = gathered + logits
            return gathered / (step + 1.0), gathered
        kept = (1.0 - 1.0 / self.tau) * gathered + logits / self.tau
        return kept, kept

    def compute_output_spec(self, inputs):
        shape = inputs[0].shape
        spec = keras.KerasTensor(shape, dtype=self.compute_dtype)
        return spec, keras.KerasTensor(shape, dtype=self.compute_dtype)

    def get_config(self):
        return {**super().get_config(), "tau": self.tau}


@keras.saving.register_keras_serializable("kerassnn")
class Shared(keras.layers.Wrapper):
    """A layer of another model, whose own place in that one stays single.

    Keras gives a layer that is called twice no `output`, by which taps are
    found.
    """

    def __init__(self, layer, **kwargs):
        kwargs.setdefault("name", layer.name)
        kwargs.setdefault("dtype", layer.dtype_policy)
        super().__init__(layer, **kwargs)

    def call(self, inputs):
        return self.layer(inputs)

    def compute_output_shape(self, input_shape):
        return self.layer.compute_output_shape(input_shape)
