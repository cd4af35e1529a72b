"""Configs as Keras writes them, without its serialiser.

That one asks whether TensorFlow can be had, and so imports it, seconds long,
where JAX or torch is the backend; a config is taken to copy a neuron.
"""

import keras


def base_config(layer):
    """What every layer's config has: `name`, `trainable`, `dtype`."""
    policy = layer.dtype_policy
    plain = type(policy) is keras.DTypePolicy
    return {
        "name": layer.name,
        "trainable": layer.trainable,
        "dtype": policy.name
        if plain
        else keras.dtype_policies.serialize(policy),
    }


def described(value):
    """A registered object as `deserialize_keras_object` takes it."""
    kind = type(value)
    return {
        "module": kind.__module__,
        "class_name": kind.__name__,
        "config": value.get_config(),
        "registered_name": keras.saving.get_registered_name(kind),
    }
