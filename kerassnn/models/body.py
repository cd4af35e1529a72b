"""A network under construction, in the terms its papers draw it in."""

import keras

from kerassnn.layers import checks as layer_checks
from kerassnn.layers.time_fold import TimeFold
from kerassnn.models.flow import Flow
from kerassnn.models.flow import choose

# Networks are channels-last whatever the user's keras.json says.
LAST = {"data_format": "channels_last"}


class Body:
    """What every builder does the same way.

    Holds the flow and the options that all layers share, so that blocks
    take only what makes them differ. What passes between its methods is
    what the flow carries: (B, H, W, C) in an ANN, (B, T, H, W, C) in an
    SNN, a pair in rate-based training.

    Args:
        classes, timesteps, neuron, input_shape, width, norm, weight_decay,
            flow: As in `ResNet19`.

    Raises:
        ValueError: if a size is not a positive integer, the shape has
            another rank, the decay is not a number from 0 on, or both `flow`
            and `neuron` or `norm` are given.
    """

    def __init__(
        self,
        classes,
        timesteps,
        neuron,
        input_shape,
        width,
        norm,
        weight_decay,
        flow,
    ):
        check_positive("classes", classes)
        check_positive("width", width)
        layer_checks.timesteps(timesteps)
        _check_shape(input_shape)
        _check_decay(weight_decay)
        _check_layers(norm, flow)
        self.flow = choose(neuron, norm, flow)
        self.inputs = self.flow.inputs(input_shape)
        self.classes = classes
        self.timesteps = timesteps
        self.weight_decay = weight_decay
        self.apply = self.flow.apply
        self.norm = self.flow.norm
        self.act = self.flow.activate
        self.add = self.flow.add
        self.tap = self.flow.tap

    def stem(
        self, filters, imagenet=False, act=True, pool=True, use_bias=False
    ):
        """First convolution and norm, then act and, for ImageNet, pooling.

        Args:
            filters: Int.
            imagenet: Bool. 7x7 at stride 2 and max-pooling, in place of 3x3.
            act: Bool. `False` where the blocks begin with their own.
            pool: Bool. Whether the ImageNet form has the pooling.
            use_bias: Bool.

        Returns:
            What the flow carries, tapped as `stem`.
        """
        check_positive("filters", filters)
        x = self.inputs
        kernel, stride = (7, 2) if imagenet else (3, 1)
        if imagenet:
            pad = keras.layers.ZeroPadding2D(3, **LAST, name="stem_pad")
            x = (TimeFold(pad) if len(x.shape) == 5 else pad)(x)
        conv = self._conv(filters, kernel, stride, "stem_conv", use_bias)
        x = self.flow.stem(x, conv, self.timesteps, "stem")
        if act:
            x = self.act(x, "stem_act")
        if imagenet and pool:
            # Keras's "same" would pad the far sides only.
            pad = keras.layers.ZeroPadding2D(1, **LAST, name="stem_pool_pad")
            pool = keras.layers.MaxPooling2D(3, 2, **LAST, name="stem_pool")
            x = self.apply(pool, self.apply(pad, x))
        return self.tap(x, "stem")

    def conv(self, x, filters, kernel, stride, name, use_bias=False):
        """Convolution of every step, padded alike on all sides at any stride.

        Keras's "same" pads only the far sides at stride 2; the networks
        these layouts come from pad both.
        """
        if stride > 1 and kernel > 1:
            pad = keras.layers.ZeroPadding2D(
                kernel // 2, **LAST, name=f"{name}_pad"
            )
            x = self.apply(pad, x)
        return self.apply(
            self._conv(filters, kernel, stride, name, use_bias), x
        )

    def dense(self, x, units, name, **kwargs):
        """Linear layer of every step."""
        decay = l2(self.weight_decay)
        layer = keras.layers.Dense(
            units, kernel_regularizer=decay, name=name, **kwargs
        )
        return self.apply(layer, x)

    def stages(self, x, block, plan):
        """Residual stages, each tapped.

        Args:
            x: What the flow carries.
            block: Function (body, x, filters, stride, name) of
                `kerassnn.models.blocks`.
            plan: For each stage (filters, blocks, stride of the first).
        """
        for i, (filters, depth, stride) in enumerate(plan, 1):
            for j in range(1, depth + 1):
                step = stride if j == 1 else 1
                x = block(self, x, filters, step, f"stage{i}_block{j}")
            x = self.tap(x, f"stage{i}")
        return x

    def pooled(self, x):
        """Global average pooling, tapped as `features`."""
        pool = keras.layers.GlobalAveragePooling2D(**LAST, name="pool")
        return self.tap(self.apply(pool, x), "features")

    def model(self, x, name, hidden=None, hidden_norm=True):
        """The finished model: a linear head, or two with an act between.

        With `hidden` and without `hidden_norm` the inner neurons of an SNN
        see currents far below threshold at the start and stay silent for a
        while.
        """
        if hidden is not None:
            check_positive("hidden", hidden)
            x = self.dense(x, hidden, "hidden")
            if hidden_norm:
                x = self.norm(x, "hidden_bn")
            x = self.act(x, "hidden_act")
        x = self.dense(x, self.classes, "head", dtype="float32")
        return keras.Model(self.inputs, self.flow.readout(x), name=name)

    def _conv(self, filters, kernel, stride, name, use_bias):
        return keras.layers.Conv2D(
            filters,
            kernel,
            strides=stride,
            padding="same" if stride == 1 else "valid",
            use_bias=use_bias,
            **LAST,
            kernel_initializer="he_normal",
            kernel_regularizer=l2(self.weight_decay),
            name=name,
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


def check_positive(name, value):
    """Raises ValueError unless `value` is a positive integer."""
    if not _is_size(value):
        raise ValueError(
            f"`{name}` must be a positive integer. Received: {name}={value!r}"
        )


def _is_size(value):
    return type(value) is int and value > 0


def _check_shape(input_shape):
    good = isinstance(input_shape, (tuple, list)) and len(input_shape) in (3, 4)
    if not good or not all(map(_is_size, input_shape)):
        raise ValueError(
            "`input_shape` must be (H, W, C) for images or (T, H, W, C) for "
            f"event frames. Received: input_shape={input_shape!r}"
        )


def _check_decay(value):
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not 0 <= value < float("inf"):
        raise ValueError(
            "`weight_decay` must be a number from 0 on. Received: "
            f"weight_decay={value!r}"
        )


def _check_layers(norm, flow):
    if norm is not None and not isinstance(norm, keras.layers.Layer):
        raise ValueError(
            "`norm` must be a layer such as `TDBN()`, or None. Received: "
            f"norm={norm!r}"
        )
    if flow is not None and not isinstance(flow, Flow):
        raise ValueError(
            "`flow` must be a kerassnn.models flow such as `STAA()`, or None. "
            f"Received: flow={flow!r}"
        )
