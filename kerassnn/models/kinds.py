"""Kinds of layers, by what they do to values and their units."""

import keras

from kerassnn import layers

# What commutes with a division of all its inputs by one number.
SAME = (
    keras.layers.Add,
    keras.layers.Average,
    keras.layers.AveragePooling1D,
    keras.layers.AveragePooling2D,
    keras.layers.AveragePooling3D,
    keras.layers.Concatenate,
    keras.layers.Cropping1D,
    keras.layers.Cropping2D,
    keras.layers.Dropout,
    keras.layers.Flatten,
    keras.layers.GlobalAveragePooling1D,
    keras.layers.GlobalAveragePooling2D,
    keras.layers.GlobalAveragePooling3D,
    keras.layers.GlobalMaxPooling1D,
    keras.layers.GlobalMaxPooling2D,
    keras.layers.GlobalMaxPooling3D,
    keras.layers.Identity,
    keras.layers.LeakyReLU,
    keras.layers.MaxPooling1D,
    keras.layers.MaxPooling2D,
    keras.layers.MaxPooling3D,
    keras.layers.Maximum,
    keras.layers.Minimum,
    keras.layers.Permute,
    keras.layers.Reshape,
    keras.layers.SpatialDropout1D,
    keras.layers.SpatialDropout2D,
    keras.layers.SpatialDropout3D,
    keras.layers.Subtract,
    keras.layers.UpSampling1D,
    keras.layers.UpSampling2D,
    keras.layers.ZeroPadding1D,
    keras.layers.ZeroPadding2D,
    keras.layers.ZeroPadding3D,
    layers.MeanReadout,
)
MIXING = (keras.layers.Concatenate, keras.layers.Permute, keras.layers.Reshape)
# Operations that are no layers, such as `x + y`, by their class's name.
SAME_OPERATIONS = {"Add", "Subtract", "Relu", "Identity", "Reshape", "Mean"}

OPERANDS = {"Add": 2, "Subtract": 2}


def is_norm(layer):
    """Whether a layer is a batch norm."""
    return isinstance(layer, keras.layers.BatchNormalization)


def is_relu(layer):
    """Whether a layer's activation is ReLU, without threshold or bound."""
    if isinstance(layer, keras.layers.ReLU):
        bounded = layer.max_value is not None or layer.threshold
        return not bounded and not layer.negative_slope
    if isinstance(layer, keras.layers.Layer):
        return getattr(layer, "activation", None) is keras.activations.relu
    return type(layer).__name__ == "Relu"


def is_qcfs(layer):
    """Whether a layer is a clip-floor-shift activation."""
    return isinstance(layer, layers.QCFS)


def fires(layer):
    """Whether a neuron takes a layer's place in a converted network."""
    # `EinsumDense(activation="relu")` does more than its activation.
    alone = not getattr(layer, "weights", None)
    return is_qcfs(layer) or (is_relu(layer) and alone)


def is_same(call):
    """Whether a call commutes with a division of all its inputs."""
    layer = call.inner
    if isinstance(layer, keras.layers.Activation):
        known = (keras.activations.relu, keras.activations.linear)
        return layer.activation in known
    if isinstance(layer, keras.layers.Layer):
        return is_relu(layer) or isinstance(layer, SAME)
    kind = type(layer).__name__
    # `x + 1` is not homogeneous, `x + y` is.
    return kind in SAME_OPERATIONS and len(call.inputs) == OPERANDS.get(kind, 1)


def pads_channels(layer):
    """Whether a layer adds channels of zeros."""
    padding = isinstance(layer, keras.layers.ZeroPadding2D)
    return padding and layer.data_format == "channels_first"
