"""What the recipes optimise with."""

from collections.abc import Sequence

import keras

from kerassnn.distillation import Distiller
from kerassnn.training.config import Config
from kerassnn.training.schedule import Cosine


def cosine(config: Config, steps_per_epoch: int, warmup: float = 0.0) -> Cosine:
    """Cosine to 0 over the whole training, after a linear warm-up.

    Args:
        config: `Config`.
        steps_per_epoch: Int.
        warmup: Float in [0, 1), share of the steps. Defaults to `0.0`.
    """
    steps = config.epochs * steps_per_epoch
    # A share such as 2 / 37 shall give its whole number of steps back.
    rising = int(warmup * steps + 1e-6)
    return Cosine(config.learning_rate, steps, rising)


def steps_down(
    config: Config,
    steps_per_epoch: int,
    shares: Sequence[float],
    factor: float = 0.1,
) -> keras.optimizers.schedules.LearningRateSchedule:
    """Multiplies the learning rate by `factor` at some points.

    Args:
        config: `Config`.
        steps_per_epoch: Int.
        shares: Sequence of floats in (0, 1), the points as shares of the
            whole training.
        factor: Float. Defaults to `0.1`.
    """
    steps = config.epochs * steps_per_epoch
    rates = [config.learning_rate * factor**i for i in range(len(shares) + 1)]
    return keras.optimizers.schedules.PiecewiseConstantDecay(
        [round(share * steps) for share in shares], rates
    )


def compile(
    distiller: Distiller,
    config: Config,
    schedule: keras.optimizers.schedules.LearningRateSchedule,
    optimizer: keras.optimizers.Optimizer | None = None,
) -> None:
    """Compiles for SGD with momentum and cross-entropy on one-hot labels.

    Weight decay is not the optimizer's, where Keras decouples it from
    momentum, but the L2 term that the model's builder adds.

    Args:
        distiller: `kerassnn.distillation.Distiller`.
        config: `Config`.
        schedule: Learning rate, such as `cosine(...)`.
        optimizer: Keras optimizer in place of SGD, or `None`.
    """
    if optimizer is None:
        optimizer = keras.optimizers.SGD(schedule, momentum=config.momentum)
    if isinstance(schedule, Cosine):
        schedule.attach(optimizer)
    # JAX has no other way to compile a step.
    jit = config.jit_compile or keras.backend.backend() == "jax"
    distiller.compile(
        optimizer=optimizer,
        loss=keras.losses.CategoricalCrossentropy(
            from_logits=True, label_smoothing=config.label_smoothing
        ),
        metrics=["accuracy"],
        jit_compile="auto" if jit else False,
        steps_per_execution=config.steps_per_execution,
    )
