"""Residual blocks; each has the signature that `Body.stages` calls.

Args of all: body, a `Body`; x, what its flow carries; filters, channels of
the result; stride, of the first 3x3 convolution and of the shortcut; name,
prefix of the layer names.
"""

import keras

from kerassnn.models.body import LAST
from kerassnn.models.body import channels


def basic(body, x, filters, stride, name):
    """conv-BN-act-conv-BN, plus the shortcut (conv1x1-BN), then act."""
    y = _conv_norm(body, x, filters, 3, stride, name, 1)
    y = body.act(y, f"{name}_act1")
    y = _conv_norm(body, y, filters, 3, 1, name, 2)
    x = _projected(body, x, filters, stride, name)
    return body.act(body.add(y, x, f"{name}_add"), f"{name}_act2")


def bottleneck(body, x, filters, stride, name):
    """conv1x1, conv3x3, conv1x1 with BN, plus the shortcut, then act.

    The inner width is half of `filters`, twice that of the usual bottleneck.
    """
    y = _conv_norm(body, x, filters // 2, 1, 1, name, 1)
    y = body.act(y, f"{name}_act1")
    y = _conv_norm(body, y, filters // 2, 3, stride, name, 2)
    y = body.act(y, f"{name}_act2")
    y = _conv_norm(body, y, filters, 1, 1, name, 3)
    x = _projected(body, x, filters, stride, name)
    return body.act(body.add(y, x, f"{name}_add"), f"{name}_act3")


def spike_element_wise(body, x, filters, stride, name):
    """conv-BN-act-conv-BN-act, plus the shortcut (conv1x1-BN-act)."""
    y = _conv_norm(body, x, filters, 3, stride, name, 1)
    y = body.act(y, f"{name}_act1")
    y = _conv_norm(body, y, filters, 3, 1, name, 2)
    y = body.act(y, f"{name}_act2")
    if _changes(x, filters, stride):
        x = _projected(body, x, filters, stride, name)
        x = body.act(x, f"{name}_proj_act")
    return body.add(y, x, f"{name}_add")


def membrane(body, x, filters, stride, name):
    """act-conv-BN-act-conv-BN, plus the shortcut (conv1x1-BN of x).

    What is summed and passed on are potentials, not spikes.
    """
    y = body.act(x, f"{name}_act1")
    y = _conv_norm(body, y, filters, 3, stride, name, 1)
    y = body.act(y, f"{name}_act2")
    y = _conv_norm(body, y, filters, 3, 1, name, 2)
    x = _projected(body, x, filters, stride, name)
    return body.add(y, x, f"{name}_add")


def pre_activation(body, x, filters, stride, name):
    """BN-act-conv-BN-act-conv, plus the shortcut (conv1x1 without BN).

    Where the shortcut has a convolution, both branches start behind the
    first BN-act. That of the very first block is the stem's.
    """
    y = x
    if name != "stage1_block1":
        y = body.act(body.norm(x, f"{name}_bn1"), f"{name}_act1")
    if _changes(x, filters, stride):
        x = body.conv(y, filters, 1, stride, f"{name}_proj")
    y = body.conv(y, filters, 3, stride, f"{name}_conv1")
    y = body.act(body.norm(y, f"{name}_bn2"), f"{name}_act2")
    y = body.conv(y, filters, 3, 1, f"{name}_conv2")
    return body.add(y, x, f"{name}_add")


def pyramidal(body, x, filters, stride, name):
    """BN-conv-BN-act-conv-BN, plus the shortcut without weights.

    The shortcut is average-pooled at a stride and filled up with channels
    of zeros.
    """
    y = body.norm(x, f"{name}_bn1")
    y = _conv_norm(body, y, filters, 3, stride, name, 1, norm=2)
    y = body.act(y, f"{name}_act")
    y = _conv_norm(body, y, filters, 3, 1, name, 2, norm=3)
    if stride > 1:
        pool = keras.layers.AveragePooling2D(
            stride, padding="same", **LAST, name=f"{name}_pool"
        )
        x = body.apply(pool, x)
    more = filters - channels(x)
    if more:
        # Seen as channels-first, (H, W, C) has W and C as its image axes.
        fill = keras.layers.ZeroPadding2D(
            ((0, 0), (0, more)), "channels_first", name=f"{name}_fill"
        )
        x = body.apply(fill, x)
    return body.add(y, x, f"{name}_add")


def _conv_norm(body, x, filters, kernel, stride, name, i, norm=None):
    x = body.conv(x, filters, kernel, stride, f"{name}_conv{i}")
    return body.norm(x, f"{name}_bn{norm or i}")


def _changes(x, filters, stride):
    return stride != 1 or channels(x) != filters


def _projected(body, x, filters, stride, name):
    """The shortcut: x, or conv1x1-BN of it where its shape changes."""
    if not _changes(x, filters, stride):
        return x
    x = body.conv(x, filters, 1, stride, f"{name}_proj")
    return body.norm(x, f"{name}_proj_bn")
