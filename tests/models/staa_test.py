"""Networks with STAA's attention around every neuron."""

import keras
import numpy as np
import pytest

from kerassnn import layers
from kerassnn import models
from kerassnn.ops import Triangle


def small(name, **options):
    options = {"width": 2, "timesteps": 2, **options}
    shape = (16, 16, 3)
    return models.BUILDERS[name](classes=5, input_shape=shape, **options)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["ResNet18", "ResNet19", "ResNet34", "VGG11", "VGGSNN"]
)
def test_networks_contain_their_plain_twins(name):
    net, plain = small(f"STAA{name}"), small(name)
    own, given = models.named_weights(net), models.named_weights(plain)
    assert len(own) == len(net.weights)
    assert {k: v.shape for k, v in given.items()}.items() <= {
        k: v.shape for k, v in own.items()
    }.items()
    extra = {k.split("/")[0] for k in models.transfer(plain, net)}
    endings = ("_act", "_act1", "_act2", "_position", "_context", "_steps")
    assert all(e.endswith(endings) or e.startswith("act") for e in extra)
    assert net.get_layer("stage1").output.shape[1] == 2


def test_parameters_of_the_modules():
    """4 C for M, N and T C for the encoding, and the two attentions."""
    net, plain = small("STAAResNet19", width=8), small("ResNet19", width=8)
    t, channels = 2, [8] * 7 + [16] * 6 + [32] * 4

    def module(c):
        context = c + (c * (c // 4) + c // 4) + (c // 4 * c + c)
        steps = 2 * (t * t + t)
        return 2 * c + t * c + context + steps

    extra = sum(module(c) for c in channels)
    trainable = [
        sum(np.prod(v.shape) for v in m.trainable_variables)
        for m in (net, plain)
    ]
    assert trainable[0] - trainable[1] == extra


def test_the_neuron_is_ours_or_the_callers():
    ours = small("STAAVGG11").get_layer("act2").surrogate
    assert isinstance(ours, Triangle)
    assert ours.width == 1.0
    other = small("STAAVGG11", neuron=layers.LIF(tau=3.0))
    assert other.get_layer("act2").tau == 3.0


def test_another_t_is_refused():
    with pytest.raises(ValueError, match="each of 2 timesteps"):
        models.at_timesteps(small("STAAResNet19"), 3)


@pytest.mark.slow
def test_trains_saves_and_loads(tmp_path):
    flow = models.STAA(drop=0.1)
    net = models.ResNet8(flow=flow, timesteps=2, width=8)
    x = np.random.default_rng(0).normal(size=(8, 8, 8, 1)).astype("float32")
    net.compile(
        keras.optimizers.SGD(0.1),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    before = [np.copy(w) for w in net.get_weights()]
    net.fit(x, np.arange(8), batch_size=8, epochs=2, verbose=0)
    for old, new, v in zip(before, net.get_weights(), net.weights, strict=True):
        assert np.all(np.isfinite(new)), v.path
        assert np.any(old != new), v.path
    path = str(tmp_path / "net.keras")
    net.save(path)
    np.testing.assert_allclose(
        keras.saving.load_model(path).predict(x, verbose=0),
        net.predict(x, verbose=0),
        atol=1e-6,
    )
