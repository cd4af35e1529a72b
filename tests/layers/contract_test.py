"""Every class of `kerassnn.layers` keeps Keras's contract for a layer."""

import keras
import pytest

from kerassnn import layers
from kerassnn import ops
from tests import contract

SEQUENCE, IMAGES, STATIC = (3, 5), (3, 4, 4, 4), (4, 5)
PAIR = [SEQUENCE, (5,)]
# What a class needs beyond its defaults, and the shape of one sample.
CASES = {
    "BatchNormalization": ({}, STATIC),
    "DirectEncode": ({"timesteps": 3}, STATIC),
    "GlobalContext": ({"ratio": 2}, IMAGES),
    "LIF": ({"tau": 1.5, "surrogate": ops.Sigmoid}, IMAGES),
    "LatencyEncode": ({"timesteps": 3}, STATIC),
    "PoissonEncode": ({"timesteps": 3, "seed": 1}, STATIC),
    "RateFold": ({"layer": lambda: keras.layers.Dense(2)}, PAIR),
    "RateNeuron": ({"layer": lambda: layers.LIF()}, PAIR),
    "RateNorm": ({"layer": keras.layers.BatchNormalization}, PAIR),
    "RateReadout": ({}, PAIR),
    "TDBN": ({"alpha": 0.5}, IMAGES),
    "TEBN": ({}, IMAGES),
    "TSRD": ({"rate": 0.5, "seed": 2}, [SEQUENCE, SEQUENCE]),
    "TimeFold": ({"layer": lambda: keras.layers.Dense(2)}, SEQUENCE),
}
ABSTRACT = {"SpikingNeuron"}
RANDOM = {"PoissonEncode"}
# Drawn spikes have no gradient, nor has the spike stream of a pair.
OPAQUE = {"LatencyEncode", "PoissonEncode"}
OPAQUE |= {n for n in layers.__all__ if n.startswith("Rate")}


@pytest.fixture(params=[n for n in layers.__all__ if n not in ABSTRACT])
def case(request):
    name = request.param
    options, shape = CASES.get(name, ({}, SEQUENCE))

    def make():
        made = {k: v() if callable(v) else v for k, v in options.items()}
        return getattr(layers, name)(**made)

    return name, make, shape


def test_config(case):
    name, make, shape = case
    contract.check_config(make, shape, name in RANDOM)


@pytest.mark.numeric
def test_shapes(case):
    contract.check_shapes(*case[1:])


def test_saving(case, tmp_path):
    name, make, shape = case
    contract.check_saving(make, shape, tmp_path, name in RANDOM)


@pytest.mark.numeric
def test_mixed_bfloat16(case):
    contract.check_mixed(*case[1:])


@pytest.mark.parametrize("policy", ("float32", "mixed_bfloat16"))
def test_training(case, policy):
    name, make, shape = case
    still = contract.check_training(make, shape, False, policy)
    assert still == ({"before_0"} if name in OPAQUE else set())


@pytest.mark.skipif(
    keras.backend.backend() == "torch",
    reason="Keras compiles under TensorFlow and JAX",
)
def test_compiled_training(case):
    name, make, shape = case
    still = contract.check_training(make, shape, jit_compile=True)
    assert still == ({"before_0"} if name in OPAQUE else set())
