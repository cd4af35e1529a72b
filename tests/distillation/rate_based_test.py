"""Which methods train a student of the rate-based flow, and which refuse."""

import keras
import numpy as np
import pytest

from kerassnn import distillation
from kerassnn import layers
from kerassnn import models

# They read the logits, or SASTC the maps, of every step: there are none.
STEPWISE = {
    "SASTC",
    "SeAlKD",
    "Strong2Weak",
    "TET",
    "TSER",
    "TSSD",
    "TWKD",
    "Weak2Strong",
}


def distiller(method):
    flow = models.RateBased(layers.LIF.rate())
    student = models.ResNet8(flow=flow, timesteps=2, width=2)
    nets = [student]
    if method.required_teacher_taps:
        nets.append(models.ResNet8(width=2))
    return method(*nets)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(distillation.METHODS) - STEPWISE))
def test_it_trains_the_student(name):
    trainer = distiller(distillation.METHODS[name])
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


@pytest.mark.parametrize("name", sorted(STEPWISE))
def test_it_says_that_there_are_no_steps(name):
    with pytest.raises(ValueError, match="logits_t|every timestep"):
        distiller(distillation.METHODS[name])
