"""A network under construction, in the terms its papers draw it in."""

import keras

from kerassnn.layers.direct_encode import check_timesteps
from kerassnn.layers.time_fold import TimeFold
from kerassnn.models.flow import choose


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
        ValueError: if a size is not positive, the shape has another rank,
            or both `flow` and `neuron` or `norm` are given.
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
        _check_size("classes", classes)
        _check_size("width", width)
        check_timesteps(timesteps)
        _check_shape(input_shape)
        self.flow = choose(neuron, norm, flow)
        self.inputs = self.flow.inputs(input_shape)
        self.classes = classes
        self.timesteps = timesteps
        self.weight_decay = weight_decay
        self.fold = self.flow.fold
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
        x = self.inputs
        kernel, stride = (7, 2) if imagenet else (3, 1)
        if imagenet:
            pad = keras.layers.ZeroPadding2D(3, name="stem_pad")
            x = (TimeFold(pad) if len(x.shape) == 5 else pad)(x)
        conv = self._conv(filters, kernel, stride, "stem_conv", use_bias)
        x = self.flow.stem(x, conv, self.timesteps, "stem")
        if act:
            x = self.act(x, "stem_act")
        if imagenet and pool:
            # Keras's "same" would pad the far sides only.
            pad = keras.layers.ZeroPadding2D(1, name="stem_pool_pad")
            pool = keras.layers.MaxPooling2D(3, 2, name="stem_pool")
            x = self.fold(pool, self.fold(pad, x))
        return self.tap(x, "stem")

    def conv(self, x, filters, kernel, stride, name, use_bias=False):
        """Folded convolution, padded alike on all sides at any stride.

        Keras's "same" pads only the far sides at stride 2; the networks
        these layouts come from pad both.
        """
        if stride > 1 and kernel > 1:
            pad = keras.layers.ZeroPadding2D(kernel // 2, name=f"{name}_pad")
            x = self.fold(pad, x)
        return self.fold(self._conv(filters, kernel, stride, name, use_bias), x)

    def dense(self, x, units, name, **kwargs):
        """Folded linear layer."""
        decay = l2(self.weight_decay)
        layer = keras.layers.Dense(
            units, kernel_regularizer=decay, name=name, **kwargs
        )
        return self.fold(layer, x)

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
        pool = keras.layers.GlobalAveragePooling2D(name="pool")
        return self.tap(self.fold(pool, x), "features")

    def model(self, x, name, hidden=None, hidden_norm=True):
        """The finished model: a linear head, or two with an act between.

        With `hidden` and without `hidden_norm` the inner neurons of an SNN
        see currents far below threshold at the start and stay silent for a
        while.
        """
        if hidden is not None:
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


def _check_size(name, value):
    if not isinstance(value, int) or value < 1:
        raise ValueError(
            f"`{name}` must be a positive integer. Received: {name}={value!r}"
        )


def _check_shape(input_shape):
    if len(input_shape) not in (3, 4) or None in input_shape:
        raise ValueError(
            "`input_shape` must be (H, W, C) for images or (T, H, W, C) for "
            f"event frames. Received: input_shape={tuple(input_shape)}"
        )
