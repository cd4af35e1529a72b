"""Which methods train a student of the rate-based flow, and which refuse."""

import keras
import numpy as np
import pytest

from kerassnn import distillation
from kerassnn import layers
from kerassnn import models

METHODS = distillation.METHODS
TRAIN = [name for name, m in METHODS.items() if m.rate_based]
REFUSE = [name for name in METHODS if name not in TRAIN]


def distiller(method):
    flow = models.RateBased(layers.LIF.rate_based())
    student = models.ResNet8(flow=flow, timesteps=2, width=2)
    nets = [student]
    if method.needs_teacher:
        nets.append(models.ResNet8(width=2))
    return method(*nets)


@pytest.mark.slow
@pytest.mark.parametrize("name", TRAIN)
def test_it_trains_the_student(name):
    trainer = distiller(METHODS[name])
    trainer.compile(
        keras.optimizers.SGD(0.01),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        run_eagerly=True,
    )
    rng = np.random.default_rng(0)
    x = rng.normal(size=(8, 8, 8, 1)).astype("float32")
    y = rng.integers(0, 10, 8).astype("int32")
    kernel = trainer.student.get_layer("stage3_block1_conv2").weights[0]
    before = keras.ops.convert_to_numpy(kernel)
    logs = trainer.fit(x, y, batch_size=8, verbose=0).history
    assert np.isfinite(logs["loss"]).all()
    assert (keras.ops.convert_to_numpy(kernel) != before).any()


@pytest.mark.parametrize("name", REFUSE)
def test_it_says_that_there_are_no_steps(name):
    with pytest.raises(ValueError, match=f"{name} compares timesteps"):
        distiller(METHODS[name])
