"""What SpikingJelly writes as NIR becomes a Keras model of the same spikes."""

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

from benchmarks.harness.sides import PYTHON
from kerassnn import models

pytest.importorskip("nir")
SCRIPT = Path(__file__).with_name("nir_writers.py")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not os.access(PYTHON, os.X_OK),
        reason="no environment of the peers: run `make bench-env`",
    ),
]


@pytest.mark.parametrize("neuron", ("if", "lif"))
def test_a_cnn_of_events(tmp_path, neuron):
    paths = [tmp_path / name for name in ("net.nir", "x.npy", "y.npy")]
    subprocess.run([PYTHON, SCRIPT, neuron, *paths], check=True, timeout=600)
    frames, spikes = np.load(paths[1]), np.load(paths[2])
    net = models.from_nir(paths[0], timesteps=len(frames))
    x = np.moveaxis(frames.swapaxes(0, 1), 2, -1)
    found = net.predict(x, verbose=0)
    assert 0.02 < spikes.mean() < 0.98
    np.testing.assert_allclose(found, spikes.mean(axis=0), atol=1e-6)
