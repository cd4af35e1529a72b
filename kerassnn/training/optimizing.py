"""What the recipes optimise with."""

import keras


def cosine(config, steps_per_epoch, warmup=0.0):
    """Cosine to 0 over the whole training, after a linear warm-up.

    Args:
        config: `Config`.
        steps_per_epoch: Int.
        warmup: Float in [0, 1), share of the steps. Defaults to `0.0`.
    """
    steps = config.epochs * steps_per_epoch
    rising = int(warmup * steps)
    if not rising:
        return keras.optimizers.schedules.CosineDecay(
            config.learning_rate, steps
        )
    return keras.optimizers.schedules.CosineDecay(
        0.0,
        steps - rising,
        warmup_target=config.learning_rate,
        warmup_steps=rising,
    )


def steps_down(config, steps_per_epoch, shares, factor=0.1):
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


def compile(distiller, config, schedule, optimizer=None):
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
