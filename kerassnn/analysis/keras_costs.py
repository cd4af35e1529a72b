"""What Keras's layers and operations cost: MACs of one sample."""

import dataclasses
import math
from collections.abc import Callable
from typing import Any

import keras

KL = keras.layers
# Operations and layers that multiply, with or without weights, and how often
# is not known here.
UNKNOWN = {
    "AdditiveAttention",
    "Bidirectional",
    "Conv",
    "ConvTranspose",
    "DepthwiseConv",
    "DotProductAttention",
    "GroupedQueryAttention",
    "Inner",
    "Outer",
    "SeparableConv",
    "Tensordot",
    "Vdot",
}


@dataclasses.dataclass(frozen=True)
class Cost:
    """MACs of one call of a layer, for one sample.

    Args:
        driven: Int, those whose one factor is an input.
        full: Int, the others.
        product: Bool. Whether the other factor is an input, too.
    """

    driven: int = 0
    full: int = 0
    product: bool = False

    def __bool__(self):
        return self.driven + self.full > 0


def size(shape: tuple[int, ...]) -> int:
    """Number of values of one sample."""
    return math.prod(shape[1:])


def counting(layer: Any) -> Callable | None:
    """The function that counts a layer of Keras, or an operation.

    It takes the layer, the list of its inputs' shapes and the output's, and
    returns a `Cost`; `None` where there is none.
    """
    name = type(layer).__name__
    if name in UNKNOWN:
        return None
    if not isinstance(layer, KL.Layer):
        return OPERATIONS.get(name)
    kinds = (count for kind, count in LAYERS.items() if isinstance(layer, kind))
    return next(kinds, None)


def _kernel(layer, shapes, output):
    # Every output sums over the kernel but its last axis, the outputs'
    # channels.
    return Cost(size(output) * math.prod(layer.kernel.shape[:-1]))


def _depthwise(layer, shapes, output):
    return Cost(size(output) * math.prod(layer.kernel.shape[:-2]))


def _separable(layer, shapes, output):
    window = layer.depthwise_kernel.shape
    channels, filters = math.prod(window[-2:]), layer.pointwise_kernel.shape[-1]
    between = size(output) // filters * channels
    # What the second kernel sums is no spike.
    return Cost(between * math.prod(window[:-2]), size(output) * channels)


def _einsum_dense(layer, shapes, output):
    kernel, target = layer.equation.split("->")
    letters = kernel.split(",")[1]
    sizes = zip(letters, layer.kernel.shape, strict=True)
    return Cost(
        size(output) * math.prod(n for x, n in sizes if x not in target)
    )


def _dot(layer, shapes, output):
    axes = layer.axes
    axis = axes if isinstance(axes, int) else axes[0]
    return Cost(size(output) * shapes[0][axis], product=True)


def _multiply(layer, shapes, output):
    return Cost(size(output) * (len(shapes) - 1), product=True)


def _attention(layer, shapes, output):
    query, value = shapes[0], shapes[1]
    places = query[1] * value[1]
    return Cost(full=places * (query[-1] + value[-1]))


def _multi_head(layer, shapes, output):
    query, value = shapes[0], shapes[1]
    key = shapes[2] if len(shapes) > 2 else value
    if any(len(shape) != 3 for shape in (query, value, key)):
        raise ValueError(
            "expected inputs (B, T, features) of a MultiHeadAttention, so "
            f"that its operations can be counted, received: {query}, {value}"
        )
    config = layer.get_config()
    keys = config["num_heads"] * config["key_dim"]
    values = config["num_heads"] * (config["value_dim"] or config["key_dim"])
    projections = keys * (size(query) + size(key)) + values * (
        size(value) + size(output)
    )
    return Cost(full=projections + query[1] * value[1] * (keys + values))


def _norm(layer, shapes, output):
    return Cost(full=2 * size(output))


def _matmul(operation, shapes, output):
    _check_factors(operation, shapes, 2)
    return Cost(size(output) * shapes[0][-1], product=True)


def _einsum(operation, shapes, output):
    given, target = operation.subscripts.split("->")
    given = given.split(",")
    if len(given) == 1:
        return Cost()
    _check_factors(operation, shapes, len(given), "." not in target)
    sizes = {
        x: n
        for names, shape in zip(given, shapes, strict=True)
        for x, n in zip(names.strip(), shape, strict=True)
    }
    summed = math.prod(n for x, n in sizes.items() if x not in target)
    return Cost(size(output) * summed, product=True)


def _check_factors(operation, shapes, count, plain=True):
    if count != 2 or len(shapes) != 2 or not plain:
        raise ValueError(
            "expected products of two tensors that depend on the input, with "
            "all axes named, so that their operations can be counted, "
            f"received: layer={operation.name} ({type(operation).__name__})"
        )


Count = Callable[[Any, list[tuple], tuple], Cost]
LAYERS: dict[Any, Count] = {
    (KL.DepthwiseConv1D, KL.DepthwiseConv2D): _depthwise,
    (KL.SeparableConv1D, KL.SeparableConv2D): _separable,
    (KL.Conv1D, KL.Conv2D, KL.Conv3D, KL.Dense): _kernel,
    KL.EinsumDense: _einsum_dense,
    KL.MultiHeadAttention: _multi_head,
    KL.Attention: _attention,
    KL.Dot: _dot,
    KL.Multiply: _multiply,
    (
        KL.GroupNormalization,
        KL.LayerNormalization,
        KL.RMSNormalization,
    ): _norm,
}
OPERATIONS: dict[str, Count] = {
    "Einsum": _einsum,
    "Matmul": _matmul,
    "Multiply": _multiply,
}
