"""What the feature methods share: which taps, sizes and channels."""

import keras
from keras import ops

from kerassnn.distillation.taps import stages
from kerassnn.distillation.tracing import last_layer
from kerassnn.layers.rate import RateReadout
from kerassnn.ops.pool import adaptive_average_pool


def named(rule, model, role):
    """Names of the stage taps of a model that `default_taps` stands for.

    Args:
        rule: `()`, `"stages"`, `"earlier stages"` (all but the last),
            `"middle stage"` or `"last stage"`.
        model: Functional `keras.Model`.
        role: String for messages, `"student"` or `"teacher"`.

    Returns:
        Tuple of names.

    Raises:
        ValueError: if the model has no stages and the rule asks for some.
    """
    if not rule or not isinstance(model, keras.Model):
        return ()  # left to the distiller, which says what is wrong with it
    found = stages(model)
    if not found:
        raise ValueError(
            f"the {role} {model.name!r} has no layers named stage1, stage2, "
            f"...: pass `{role}_taps`."
        )
    middle = (len(found) - 1) // 2
    return {
        "stages": found,
        "earlier stages": found[:-1],
        "middle stage": found[middle : middle + 1],
        "last stage": found[-1:],
    }[rule]


def check_maps(taps, shape_of, role):
    """ValueError unless taps hold maps of a known size.

    Args:
        taps: Names.
        shape_of: Function tap -> static shape.
        role: String; only a `"student"` may have a time axis.
    """
    ranks, forms = (4,), "(B, H, W, C)"
    if role == "student":
        ranks, forms = (4, 5), "(B, T, H, W, C) or (B, H, W, C)"
    for tap in taps:
        shape = shape_of(tap)
        if len(shape) not in ranks or None in shape[-3:]:
            raise ValueError(
                f"tap {tap!r} of the {role} must hold maps {forms} of a known "
                f"size. Received: {tuple(shape)}"
            )


def check_time(student, method):
    """ValueError for a student without the time axis that a method needs."""
    name, layers = type(method).__name__, student.layers
    rate_based = isinstance(last_layer(student), RateReadout)
    if not method.rate_based and rate_based:
        raise ValueError(
            f"{name} compares timesteps, and a rate-based student has none in "
            "training: expected a student of `neuron=LIF()` or the like. "
            f"Received: student={student.name!r}"
        )
    bound = [x.name for x in layers if getattr(x, "binds_timesteps", False)]
    if method.reruns_student and bound and len(student.input_shape) != 5:
        raise ValueError(
            f"{name} runs the student for more timesteps, and {len(bound)} "
            f"layers have weights for each of its own, such as {bound[0]!r}. "
            f"Received: student={student.name!r}"
        )


def rates(features):
    """Maps (B, T, H, W, C) averaged over time; (B, H, W, C) as they are."""
    return ops.mean(features, axis=1) if len(features.shape) == 5 else features


def same_size(student, teacher, shrink=adaptive_average_pool):
    """Two maps (B, H, W, .), each axis of the smaller of its two sizes.

    Args:
        student: Tensor (B, Hs, Ws, Cs).
        teacher: Tensor (B, Ht, Wt, Ct), pooled by averages.
        shrink: How to pool the student's: a function of `kerassnn.ops`.

    Returns:
        Tuple of tensors, (B, h, w, Cs) and (B, h, w, Ct).
    """
    size = tuple(map(min, student.shape[1:3], teacher.shape[1:3]))
    return shrink(student, size), adaptive_average_pool(teacher, size)


def align(channels, target):
    """1x1 convolution from `channels` to `target`; nothing if they agree."""
    if channels == target:
        return keras.layers.Identity()
    return convolution(channels, target, 1)


def convolution(channels, target, kernel):
    """A built convolution of maps of any size, with bias."""
    layer = keras.layers.Conv2D(
        target, kernel, padding="same", data_format="channels_last"
    )
    layer.build((None, None, None, channels))
    return layer


def wide():
    """The dtype losses are computed in: float32, or a wider floatx."""
    return "float64" if keras.config.floatx() == "float64" else "float32"


def widened(tensors):
    """A structure of tensors, each in the dtype of the losses."""
    dtype = wide()
    return keras.tree.map_structure(lambda x: ops.cast(x, dtype), tensors)


def adapt(layer, x):
    """An adapter's output in training, in the dtype of the losses."""
    return ops.cast(layer(x, training=True), wide())


def gradient_scale(student):
    """Factor of the logits' gradient: 1/T in a rate-based student, else 1."""
    last = last_layer(student)
    return last.gradient_scale if isinstance(last, RateReadout) else 1.0
