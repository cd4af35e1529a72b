"""Recurrences over time, in the form that each backend runs best.

A short sequence is unrolled: a list over T of tensors (B, ...), which a
compiler fuses. The time that takes grows faster than T squared, so a long one
is a loop of the backend over a `Stacked` tensor. torch compiles nothing, and
always unrolls. A backend's package is imported by itself alone, when a
function is called.
"""

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
from keras import ops

LONGEST_UNROLLED = 12
# They write files, and cannot look into what XLA has compiled.
EXPORTERS = ("keras.src.export", "tensorflow.lite", "tf2onnx")


@dataclass
class Stacked:
    """A long sequence: one tensor (T, B, ...)."""

    tensor: Any


def loop(
    step: Callable, carry: Any, sequences: tuple, reverse: bool = False
) -> tuple[Any, tuple]:
    """Runs `step` over time.

    Args:
        step: Function of the carry and a tuple of tensors (B, ...), one of
            each sequence, to the next carry and a tuple of outputs (B, ...).
        carry: Tensor (B, ...) or float, or a structure of them.
        sequences: Tuple of lists over T or of `Stacked`.
        reverse: Bool. Whether to begin with the last step.

    Returns:
        Tuple: the last carry, and a tuple of the outputs, each a sequence of
        the same kind.
    """
    if isinstance(sequences[0], Stacked):
        tensors = tuple(sequence.tensor for sequence in sequences)
        if keras.backend.backend() == "tensorflow":
            carry, outputs = _scan_tensorflow(step, carry, tensors, reverse)
        else:
            carry, outputs = _scan(step, carry, tensors, reverse)
        return carry, tuple(map(Stacked, outputs))
    found = []
    steps = list(zip(*sequences, strict=True))
    for inputs in reversed(steps) if reverse else steps:
        carry, outputs = step(carry, inputs)
        found.append(outputs)
    if reverse:
        found.reverse()
    return carry, tuple(map(list, zip(*found, strict=True)))


def plain(function: Callable) -> Callable:
    """`function` of whole sequences.

    Args:
        function: From sequences (lists over T or `Stacked`), float32 at
            least, to a sequence or a tuple of sequences and of tensors.

    Returns:
        Function from tensors (B, T, ...), T static, to tensors of the dtype
        of the first: (B, T, ...) for a sequence.
    """

    def run(*tensors):
        found = function(*map(_sequence, tensors))
        return _joined(found, tensors[0].dtype)

    return run


def over_steps(function: Callable) -> Callable:
    """The same as `plain`, as one pass over memory on TensorFlow.

    In a graph that is written to a file, it is `plain`.

    Args:
        function: As that of `plain`, made of elementwise ops without a
            gradient of their own. XLA compiles it once for each shape.

    Returns:
        Function, as that of `plain`.
    """
    if keras.backend.backend() != "tensorflow":
        return plain(function)
    import tensorflow as tf

    def fused(*tensors):
        halves = [x.dtype == tf.uint16 for x in tensors]
        sequences = [
            _floats(x) if half else _sequence(x)
            for x, half in zip(tensors, halves, strict=True)
        ]
        dtype = "bfloat16" if halves[0] else tensors[0].dtype
        return _joined(function(*sequences), dtype)

    compiled = tf.function(fused, jit_compile=True, autograph=False)
    unfused = plain(function)

    def run(*tensors):
        if tf.inside_function() and _exporting():
            return unfused(*tensors)
        # XLA rounds bfloat16 anew wherever a sliced value is used, which
        # takes longer than the arithmetic; of bits it makes floats by a shift.
        # Nor may a tape watch: it would have each step of a loop handed out.
        bits = [
            tf.bitcast(x, tf.uint16) if x.dtype == tf.bfloat16 else x
            for x in map(tf.stop_gradient, tensors)
        ]
        return compiled(*bits)

    return run


def length(sequence: list | Stacked) -> int:
    """T of a list over T or of a `Stacked`."""
    if isinstance(sequence, Stacked):
        return sequence.tensor.shape[0]
    return len(sequence)


def wide(x: Any) -> str:
    """The precision potentials of currents `x` have: float32 at least."""
    return keras.backend.result_type(x.dtype, "float32")


def _exporting():
    """Whether the caller, or one of its callers, writes a file."""
    frames = (frame for frame, _ in traceback.walk_stack(None))
    names = (frame.f_globals.get("__name__", "") for frame in frames)
    return any(name.startswith(EXPORTERS) for name in names)


def _widened(x):
    return ops.cast(x, wide(x))


def _sequence(x, convert=_widened):
    """The tensor (B, T, ...) as a list over T, or a `Stacked` if it is long."""
    long = x.shape[1] > LONGEST_UNROLLED
    if long and keras.backend.backend() != "torch":
        return Stacked(convert(ops.moveaxis(x, 1, 0)))
    return list(map(convert, ops.unstack(x, axis=1)))


def _joined(found, dtype):
    if isinstance(found, tuple):
        return tuple(_joined(f, dtype) for f in found)
    if isinstance(found, list):
        found = ops.stack(found, axis=1)
    elif isinstance(found, Stacked):
        found = ops.moveaxis(found.tensor, 0, 1)
    return ops.cast(found, dtype)


def _floats(bits):
    """As `_sequence`: float32 from the bits of bfloat16, uint16 (B, T, ...)."""
    import tensorflow as tf

    def as_floats(b):
        shifted = tf.bitwise.left_shift(tf.cast(b, tf.uint32), 16)
        return tf.bitcast(shifted, tf.float32)

    return _sequence(bits, as_floats)


def _scan(step, carry, tensors, reverse):
    like = tensors[-1][0]  # the others may be of booleans
    carry = keras.tree.map_structure(
        lambda c: ops.full_like(like, c) if isinstance(c, float) else c, carry
    )
    return ops.scan(step, carry, tensors, reverse=reverse)


def _scan_tensorflow(step, carry, tensors, reverse):
    """`keras.ops.scan` gives as many outputs as carries, and no bound on T.

    XLA differentiates a loop only if it is told how often it runs at most.
    """
    import tensorflow as tf

    steps = tensors[0].shape[0]
    order = range(steps - 1, -1, -1) if reverse else range(steps)
    # One step outside of the loop says what the outputs are.
    carry, outputs = step(carry, tuple(x[order[0]] for x in tensors))
    arrays = [
        tf.TensorArray(y.dtype, steps, element_shape=y.shape).write(order[0], y)
        for y in outputs
    ]

    def body(n, carry, arrays):
        t = steps - 1 - n if reverse else n
        carry, outputs = step(carry, tuple(x[t] for x in tensors))
        pairs = zip(arrays, outputs, strict=True)
        return n + 1, carry, [array.write(t, y) for array, y in pairs]

    _, carry, arrays = tf.while_loop(
        lambda n, *_: n < steps,
        body,
        (1, carry, arrays),
        maximum_iterations=steps - 1,
    )
    return carry, tuple(array.stack() for array in arrays)
