"""What the feature methods share: which taps, sizes and channels."""

import keras
from keras import ops

from kerassnn.distillation.taps import stages
from kerassnn.layers.rate import RateReadout
from kerassnn.ops.pool import adaptive_average_pool


def stage_taps(model, role):
    """Names of all stage taps of a model; ValueError if it has none."""
    if not isinstance(model, keras.Model):
        return ()  # left to the distiller, which says what is wrong with it
    found = stages(model)
    if not found:
        raise ValueError(
            f"the {role} {model.name!r} has no layers named stage1, stage2, "
            f"...: pass `{role}_taps`."
        )
    return found


def last_stage(model, role):
    """The last of `stage_taps`, as a tuple."""
    return stage_taps(model, role)[-1:]


def middle_stage(model, role):
    """The middle one of `stage_taps`, as a tuple."""
    found = stage_taps(model, role)
    middle = (len(found) - 1) // 2
    return found[middle : middle + 1]


def rates(features):
    """Maps (B, T, H, W, C) averaged over time; (B, H, W, C) as they are."""
    return ops.mean(features, axis=1) if len(features.shape) == 5 else features


def same_size(student, teacher):
    """Two maps (B, H, W, .) at the smaller size, by average pooling."""
    if student.shape[1] > teacher.shape[1]:
        return adaptive_average_pool(student, teacher.shape[1:3]), teacher
    return student, adaptive_average_pool(teacher, student.shape[1:3])


def align(channels, target):
    """1x1 convolution from `channels` to `target`; nothing if they agree."""
    if channels == target:
        return keras.layers.Identity()
    return convolution(channels, target, 1)


def convolution(channels, target, kernel):
    """A built convolution of maps of any size, with bias."""
    layer = keras.layers.Conv2D(target, kernel, padding="same")
    layer.build((None, None, None, channels))
    return layer


def adapt(layer, x):
    """An adapter's float32 output in training, whatever the dtype policy."""
    return ops.cast(layer(x, training=True), "float32")


def gradient_scale(student):
    """Factor of the logits' gradient: 1/T in a rate-based student, else 1."""
    last = student.layers[-1]
    return last.gradient_scale if isinstance(last, RateReadout) else 1.0
