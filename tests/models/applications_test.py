"""Networks of `keras.applications` that become spiking students."""

import keras
import numpy as np
import pytest

from kerassnn import analysis
from kerassnn import models


@pytest.mark.slow
@pytest.mark.parametrize(
    "name, size", [("ResNet50V2", 64), ("MobileNetV2", 64), ("DenseNet121", 64)]
)
def test_applications(name, size):
    net = getattr(keras.applications, name)(
        weights=None, input_shape=(size, size, 3), classes=7
    )
    x = np.random.default_rng(0).normal(size=(2, size, size, 3))
    student = models.convert(net, 2, data=x.astype("float32"))
    assert student.output_shape == (None, 7)
    assert (
        models.named_weights(student).keys() == models.named_weights(net).keys()
    )
    assert np.isfinite(student.predict(x, verbose=0)).all()
    relus = sum("relu" in layer.name for layer in net.layers)
    neurons = analysis.firing_rates(student, x[:1])
    assert len(neurons) >= relus > 10


@pytest.mark.slow
def test_efficient_net_is_refused_by_name():
    net = keras.applications.EfficientNetB0(
        weights=None, input_shape=(64, 64, 3), classes=7
    )
    with pytest.raises(ValueError, match="'stem_activation', silu"):
        models.convert(net, 2)
    with pytest.raises(ValueError, match="block1a_se"):
        models.convert(net, 2, replace={"silu": "relu"})
