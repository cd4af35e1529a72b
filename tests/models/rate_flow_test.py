"""The rate-based flow: one set of weights, memory that T does not move."""

import keras
import numpy as np
import pytest

from kerassnn import distillation
from kerassnn import layers
from kerassnn import models


def images(n=8, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 8, 8, 1)).astype("float32")
    return x, rng.integers(0, 10, n).astype("int32")


def rate_based(timesteps=4, **kwargs):
    flow = models.RateBased(layers.LIF.rate_based(), **kwargs)
    return models.ResNet8(flow=flow, timesteps=timesteps, width=4)


def trainer(student):
    distiller = distillation.HardLabel(student)
    distiller.compile(
        keras.optimizers.Adam(3e-3),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    return distiller


@pytest.mark.slow
@pytest.mark.numeric
def test_weights_run_unchanged_as_the_plain_network():
    x, y = images(16)
    trained = rate_based()
    trainer(trained).fit(x, y, batch_size=8, epochs=2, verbose=0)
    plain = models.ResNet8(neuron=layers.LIF.rate_based(), timesteps=4, width=4)
    assert models.transfer(trained, plain) == []
    expected = plain.predict(x, verbose=0)
    np.testing.assert_array_equal(trained.predict(x, verbose=0), expected)
    assert np.ptp(expected) > 0


def test_training_updates_the_same_statistics_as_the_plain_network():
    x, _ = images(16)
    plain = models.ResNet8(neuron=layers.LIF.rate_based(), timesteps=4, width=4)
    twin = rate_based()
    assert models.transfer(plain, twin) == []
    plain(x, training=True)
    twin(x, training=True)
    given = models.named_weights(plain)
    for name, variable in models.named_weights(twin).items():
        if "moving" in name:
            np.testing.assert_allclose(
                keras.ops.convert_to_numpy(variable),
                keras.ops.convert_to_numpy(given[name]),
                rtol=1e-5,
                atol=1e-6,
            )


@pytest.mark.slow
def test_every_weight_gets_a_gradient():
    x, y = images(16)
    student = rate_based()
    before = [keras.ops.convert_to_numpy(v) for v in student.weights]
    trainer(student).fit(x, y, batch_size=16, epochs=1, verbose=0)
    for old, variable in zip(before, student.weights, strict=True):
        new = keras.ops.convert_to_numpy(variable)
        assert np.isfinite(new).all()
        assert (old != new).any(), variable.path


def test_a_learned_time_constant_is_refused():
    flow = models.RateBased(layers.ParametricLIF())
    with pytest.raises(ValueError, match="no gradient for a neuron's own"):
        models.ResNet8(flow=flow, width=4)


def test_what_is_not_a_neuron_is_refused():
    with pytest.raises(ValueError, match="must be a kerassnn.layers neuron"):
        models.RateBased("lif")


def test_a_flow_and_a_neuron_are_refused():
    with pytest.raises(ValueError, match="brings its own neuron"):
        models.ResNet8(
            neuron=layers.LIF(), flow=models.RateBased(layers.LIF.rate_based())
        )


@pytest.mark.numeric
def test_what_the_backward_pass_keeps_does_not_grow_with_time():
    kept = {t: kept_bytes(rate_based(t)) for t in (1, 8)}
    unrolled = {
        t: kept_bytes(
            models.ResNet8(neuron=layers.LIF.rate_based(), timesteps=t, width=4)
        )
        for t in (1, 8)
    }
    assert kept[8] < 1.1 * kept[1]
    assert unrolled[8] > 4 * unrolled[1]


def kept_bytes(model):
    """Bytes held between the forward and the backward pass."""
    x, _ = images(8)
    if keras.backend.backend() == "torch":
        return _kept_torch(model, x)
    if keras.backend.backend() == "jax":
        return _kept_jax(model, x)
    pytest.skip("TensorFlow offers no public way to list what it keeps")


def _kept_torch(model, x):
    # Only what the final graph still holds counts: what hung on a detached
    # tensor is freed before the forward pass ends.
    alive = {}

    class Kept:
        def __init__(self, tensor):
            self.tensor = tensor
            alive[id(self)] = tensor.untyped_storage()

        def __del__(self):
            alive.pop(id(self), None)

    import torch

    with torch.autograd.graph.saved_tensors_hooks(Kept, lambda k: k.tensor):
        logits = model(x, training=True)
    owned = {v.value.untyped_storage().data_ptr() for v in model.variables}
    storages = {s.data_ptr(): s.nbytes() for s in alive.values()}
    assert logits.requires_grad
    return sum(n for p, n in storages.items() if p not in owned)


def _kept_jax(model, x):
    import jax

    trainable = [v.value for v in model.trainable_variables]
    fixed = [v.value for v in model.non_trainable_variables]

    def run(values):
        return model.stateless_call(values, fixed, x, training=True)[0]

    _, pullback = jax.vjp(jax.jit(run), trainable)
    return sum(leaf.nbytes for leaf in jax.tree_util.tree_leaves(pullback))
