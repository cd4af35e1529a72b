"""Pieces that the bodies share; each applies layers through a flow."""

import keras

from kerassnn.layers.direct_encode import check_timesteps


def conv(filters, kernel, stride, name, weight_decay=0.0, use_bias=False):
    """Convolution with He initialisation and L2 on its kernel.

    Padding is the caller's: see `convolve`.
    """
    return keras.layers.Conv2D(
        filters,
        kernel,
        strides=stride,
        padding="same" if stride == 1 else "valid",
        use_bias=use_bias,
        kernel_initializer="he_normal",
        kernel_regularizer=l2(weight_decay),
        name=name,
    )


def convolve(flow, x, filters, kernel, stride, name, **options):
    """Folded convolution, padded alike on all sides at any stride.

    Keras's "same" pads only the far sides at stride 2; the networks these
    layouts come from pad both.
    """
    if stride > 1 and kernel > 1:
        pad = keras.layers.ZeroPadding2D(kernel // 2, name=f"{name}_pad")
        x = flow.fold(pad, x)
    return flow.fold(conv(filters, kernel, stride, name, **options), x)


def basic_block(flow, x, filters, stride, name, weight_decay):
    """conv-BN-act-conv-BN, plus the shortcut, then act.

    Args:
        flow: `Flow`.
        x: What the flow carries, (B, T, H, W, C) in an SNN.
        filters: Int, channels of both convolutions.
        stride: Int, of the first convolution and the shortcut.
        name: String, prefix of the layer names.
        weight_decay: Float.

    Returns:
        What the flow carries, (B, T, H/stride, W/stride, filters).
    """
    decay = {"weight_decay": weight_decay}
    y = convolve(flow, x, filters, 3, stride, f"{name}_conv1", **decay)
    y = flow.activate(flow.norm(y, f"{name}_bn1"), f"{name}_act1")
    y = convolve(flow, y, filters, 3, 1, f"{name}_conv2", **decay)
    y = flow.norm(y, f"{name}_bn2")
    if stride != 1 or channels(x) != filters:
        x = convolve(flow, x, filters, 1, stride, f"{name}_proj", **decay)
        x = flow.norm(x, f"{name}_proj_bn")
    return flow.activate(flow.add(y, x, f"{name}_add"), f"{name}_act2")


def linear_head(flow, x, classes, hidden, hidden_norm, weight_decay):
    """Features to logits: one linear layer, or two with an act between.

    With `hidden` and without `hidden_norm` the inner neurons of an SNN see
    currents far below threshold at the start and stay silent for a while.
    """
    if hidden is not None:
        x = flow.fold(dense(hidden, "hidden", weight_decay), x)
        if hidden_norm:
            x = flow.norm(x, "hidden_bn")
        x = flow.activate(x, "hidden_act")
    head = dense(classes, "head", weight_decay, dtype="float32")
    return flow.readout(flow.fold(head, x))


def dense(units, name, weight_decay=0.0, **kwargs):
    """Linear layer with L2 on its kernel."""
    return keras.layers.Dense(
        units, kernel_regularizer=l2(weight_decay), name=name, **kwargs
    )


def l2(weight_decay):
    """The regulariser whose gradient is that of PyTorch's weight decay.

    Keras optimizers decouple `weight_decay` from momentum; the papers' SGD
    sends it through. L2 of half the value on the kernels does the same.
    """
    if not weight_decay:
        return None
    return keras.regularizers.L2(weight_decay / 2)


def channels(x):
    """Channels of what a flow carries, a tensor or a tuple of them."""
    return (x[0] if isinstance(x, tuple) else x).shape[-1]


def check_arguments(classes, timesteps, input_shape, width):
    """Raises ValueError on sizes no body can be built with."""
    for key, value in (("classes", classes), ("width", width)):
        if not isinstance(value, int) or value < 1:
            raise ValueError(
                f"`{key}` must be a positive integer. "
                f"Received: {key}={value!r}"
            )
    check_timesteps(timesteps)
    if len(input_shape) not in (3, 4) or None in input_shape:
        raise ValueError(
            "`input_shape` must be (H, W, C) for images or (T, H, W, C) for "
            f"event frames. Received: input_shape={tuple(input_shape)}"
        )
