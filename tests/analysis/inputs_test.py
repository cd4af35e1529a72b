"""Inputs that a network of neurons would make finite numbers of."""

import numpy as np
import pytest

from kerassnn import analysis
from kerassnn import layers
from kerassnn import models

MEASURES = {
    "energy": analysis.energy,
    "firing_rates": analysis.firing_rates,
    "sops": analysis.sops,
    "record": analysis.record,
    "spike_activation_map": analysis.spike_activation_map,
    "anytime": lambda net, x: analysis.anytime(
        net, x, np.zeros(len(x), int), (np.ones_like(x), np.zeros(len(x), int))
    ),
}


@pytest.fixture(scope="module")
def net():
    return models.ResNet8(width=2, timesteps=2, neuron=layers.LIF())


def test_a_nan_is_lost_in_the_network(net):
    x = np.full((2, 8, 8, 1), np.nan, "float32")
    assert np.isfinite(net.predict(x, verbose=0)).all()


@pytest.mark.parametrize("measure", MEASURES.values(), ids=MEASURES)
def test_no_inputs_and_nan_are_refused(net, measure):
    x = np.ones((2, 8, 8, 1), "float32")
    for value, message in ((np.nan, "1 values NaN"), (np.inf, "or infinite")):
        bad = x.copy()
        bad[1, 2, 3, 0] = value
        with pytest.raises(ValueError, match=message):
            measure(net, bad)
    with pytest.raises(ValueError, match=r"\(0, 8, 8, 1\)"):
        measure(net, x[:0])
