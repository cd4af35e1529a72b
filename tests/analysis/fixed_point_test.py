"""Networks of whole numbers are those a NumPy twin computes."""

import keras
import numpy as np
import pytest
from keras import ops

from kerassnn import analysis
from kerassnn import layers
from kerassnn import models
from kerassnn.analysis.fixed_point_neuron import FixedPointNeuron
from tests.models.stepwise_test import student

rng = np.random.default_rng(4)


def twin(x, tau, gain, reset, bits, reach, strict):
    """In integers from end to end but for the product with the decay."""
    unit = reach / 2 ** (bits - 1)
    most, threshold = 2 ** (bits - 1), round(1.0 / unit)
    v, spikes = np.zeros(x[:, 0].shape, "int64"), []
    for current in np.moveaxis(x, 1, 0).astype("float64"):
        drive = np.round(np.float32(gain * current / unit)).astype("int64")
        h = np.floor((1 - 1 / tau) * v).astype("int64") + drive
        h = np.clip(h, -most, most - 1)
        fired = h > threshold if strict else h >= threshold
        v = np.where(fired, 0 if reset else h - threshold, h)
        spikes.append(fired)
    return np.stack(spikes, 1).astype("float32")


@pytest.mark.numeric
@pytest.mark.parametrize("bits", (6, 16))
@pytest.mark.parametrize("strict", (False, True))
@pytest.mark.parametrize("v_reset", (0.0, None))
def test_a_neuron_is_its_twin(bits, strict, v_reset):
    neuron = layers.LIF(v_reset=v_reset, strict=strict)
    x = rng.normal(0.4, 1.0, (3, 9, 50)).astype("float32")
    found = ops.convert_to_numpy(FixedPointNeuron(neuron, bits, 8.0)(x))
    expected = twin(x, 2.0, 1.0, v_reset is not None, bits, 8.0, strict)
    assert 0.1 < expected.mean() < 0.9
    np.testing.assert_array_equal(found, expected)


@pytest.mark.numeric
def test_long_words_change_nothing_and_short_ones_do():
    net = student("ResNet8", layers.LIF())
    x = rng.normal(size=(8, *net.input_shape[1:])).astype("float32")
    logits = ops.convert_to_numpy(net(x, training=False))
    long = analysis.fixed_point(net, weight_bits=24, potential_bits=24)
    found = ops.convert_to_numpy(long(x, training=False))
    close = np.isclose(found, logits, rtol=1e-2, atol=1e-2).all(axis=1)
    assert close.sum() >= 6
    short = analysis.fixed_point(net, weight_bits=3, potential_bits=4)
    found = ops.convert_to_numpy(short(x, training=False))
    assert not np.isclose(found, logits, rtol=0.05).all()
    for weight in short.weights:
        if weight.name == "kernel":
            assert len(np.unique(ops.convert_to_numpy(weight))) <= 7


def test_a_learned_decay_is_kept_and_files_load(tmp_path):
    net = student("ResNet8", layers.ParametricLIF())
    chip = analysis.fixed_point(net)
    chip.save(tmp_path / "chip.keras")
    again = keras.saving.load_model(tmp_path / "chip.keras")
    x = rng.normal(size=(2, *net.input_shape[1:])).astype("float32")
    np.testing.assert_array_equal(
        ops.convert_to_numpy(chip(x, training=False)),
        ops.convert_to_numpy(again(x, training=False)),
    )


@pytest.mark.parametrize(
    "options",
    [
        {"weight_bits": 1},
        {"weight_bits": True},
        {"potential_bits": 25},
        {"potential_bits": 8.0},
        {"reach": 1.0},
    ],
)
def test_wrong_arguments_are_refused(options):
    with pytest.raises(ValueError, match="received: "):
        analysis.fixed_point(student("ResNet8"), **options)
    with pytest.raises(ValueError, match="expected an SNN"):
        analysis.fixed_point(models.ResNet8(width=2))
