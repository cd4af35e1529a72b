"""A raw keras-cv backbone, which is a functional model, as a teacher."""

import keras
import numpy as np
import pytest

from kerassnn.distillation import LogitsKD
from kerassnn.layers import LIF
from kerassnn.models import ResNet8


def classifier():
    keras_cv = pytest.importorskip("keras_cv")
    backbone = keras_cv.models.ResNetBackbone(
        stackwise_filters=[64, 64],
        stackwise_blocks=[1, 1],
        stackwise_strides=[1, 2],
        block_type="basic_block",
        include_rescaling=False,
        input_shape=(16, 16, 3),
    )
    return keras_cv.models.ImageClassifier(
        backbone, num_classes=5, activation=None
    )


def test_a_backbone_teaches_a_spiking_student():
    teacher = classifier()
    student = ResNet8(
        classes=5, timesteps=2, neuron=LIF(), input_shape=(16, 16, 3), width=4
    )
    distiller = LogitsKD(student, teacher)
    distiller.compile(
        keras.optimizers.SGD(0.1),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    rng = np.random.default_rng(0)
    x = rng.normal(size=(8, 16, 16, 3)).astype("float32")
    y = np.arange(8) % 5
    before = student.get_weights()
    taught = teacher.get_weights()
    logs = distiller.fit(x, y, batch_size=4, epochs=1, verbose=0).history
    assert np.isfinite(logs["kd"][0]) and logs["kd"][0] > 0
    for old, new in zip(taught, teacher.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    changed = zip(before, student.get_weights(), strict=True)
    assert any((old != new).any() for old, new in changed)
