"""snnTorch, Norse and SpikingJelly read our NIR files and get our logits.

What each reader does wrong, so that some files need another form or cannot be
read at all, is shown at the end on graphs of a node or two, beside NIR's
equations in NumPy.
"""

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
from keras import ops

from benchmarks.harness.sides import PYTHON
from kerassnn import export
from kerassnn import layers
from kerassnn.export.nir_runner import run_nir
from kerassnn.export.to_nir import _frames
from tests.models.stepwise_test import student

nir = pytest.importorskip("nir")
SCRIPT = Path(__file__).with_name("nir_readers.py")
DT = 1e-4
LIBRARIES = ("snntorch", "norse", "spikingjelly")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not os.access(PYTHON, os.X_OK),
        reason="no environment of the peers: run `make bench-env`",
    ),
]


def read(library, path, frames):
    """What a library gives for each frame, or the error it ends with."""
    given, found = path.with_suffix(".x.npy"), path.with_suffix(".y.npy")
    np.save(given, np.stack(frames))
    done = subprocess.run(
        [PYTHON, SCRIPT, library, path, given, found, str(DT)],
        capture_output=True,
        text=True,
        timeout=600,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return np.load(found)


def check(library, net, path, **options):
    x = np.random.default_rng(2).normal(size=(4, *net.input_shape[1:]))
    x = x.astype("float32")
    export.nir(net, path, check=x, **options)
    found = read(library, path, _frames(net, x)).mean(0)
    expected = ops.convert_to_numpy(net(x, training=False))
    assert expected.std(axis=0).mean() > 0.01  # images make a difference
    # Another order of a sum may move a potential across its threshold.
    assert (np.abs(found - expected).max(axis=1) < 1e-4).sum() >= 3


@pytest.mark.parametrize("library", ("snntorch", "spikingjelly"))
@pytest.mark.parametrize(
    ("name", "neuron"),
    [
        ("ResNet8", layers.LIF()),
        ("ResNet8", layers.LIF(tau=1.5, decay_input=True)),
        ("MSResNet18", layers.LIF()),
        ("VGG11", layers.LIF()),
    ],
)
def test_a_student_gives_its_logits(tmp_path, library, name, neuron):
    check(library, student(name, neuron), tmp_path / "net.nir")


@pytest.mark.parametrize("library", LIBRARIES)
def test_the_form_for_norse_gives_them_everywhere(tmp_path, library):
    net = student("VGG11", layers.LIF())
    check(library, net, tmp_path / "net.nir", reader="norse")


@pytest.mark.parametrize("library", ("norse", "spikingjelly"))
def test_neurons_that_do_not_leak(tmp_path, library):
    net = student("VGG11", layers.IntegrateFire())
    check(library, net, tmp_path / "net.nir", reader="norse")


# From here on: the readers' own faults.


def full(value, shape=(1,)):
    return np.full(shape, value, "float32")


def lif(**changes):
    """v = v/2 + x, of threshold 1."""
    constants = {"tau": 2 * DT, "r": 2.0, "v_leak": 0.0, "v_reset": 0.0}
    constants = {**constants, "v_threshold": 1.0, **changes}
    return nir.LIF(**{k: full(v) for k, v in constants.items()})


def answers(library, path, *nodes, inputs):
    """What NIR's equations give, and what the library does."""
    nir.write(path, nir.NIRGraph.from_list(*nodes))
    frames = [full(x, (1, 1)) for x in inputs]
    expected = run_nir(nir.read(path), frames, DT)
    return np.ravel(expected).tolist(), np.ravel(
        read(library, path, frames)
    ).tolist()


def test_spikingjelly_fires_at_the_threshold(tmp_path):
    """NIR fires above it; files of ours say the number below theirs."""
    path = tmp_path / "one.nir"
    right, found = answers("spikingjelly", path, lif(), inputs=[1.0])
    assert (right, found) == ([0.0], [1.0])


def test_norse_takes_the_resistance_as_one(tmp_path):
    path = tmp_path / "one.nir"
    right, found = answers("norse", path, lif(), inputs=[1.5, 1.5])
    assert (right, found) == ([1.0, 1.0], [0.0, 1.0])


def test_norse_knows_no_reset_potential(tmp_path):
    low = lif(r=1.0, v_threshold=0.5, v_reset=-4.0, v_leak=-4.0)
    path = tmp_path / "one.nir"
    right, found = answers("norse", path, low, inputs=[10.0, 8.0])
    assert (right, found) == ([1.0, 0.0], [1.0, 1.0])


def test_norse_runs_a_join_before_its_second_branch(tmp_path):
    """So it gives what a node within gives, for every residual network."""
    path = tmp_path / "join.nir"
    one, none = np.eye(1, dtype="float32"), full(0.0)
    nodes = {"input": nir.Input({"input": np.array([1])})}
    for name, factor in (("a", 1), ("b", 2), ("c", 3), ("end", 10)):
        nodes[name] = nir.Affine(factor * one, none)
    nodes["output"] = nir.Output({"output": np.array([1])})
    edges = [("input", "a"), ("a", "b"), ("a", "c"), ("b", "end")]
    edges += [("c", "end"), ("end", "output")]
    nir.write(path, nir.NIRGraph(nodes, edges))
    frames = [full(1.0, (1, 1))]
    assert run_nir(nir.read(path), frames, DT)[0].item() == 50.0
    assert read("norse", path, frames).item() != 50.0
    assert read("spikingjelly", path, frames).item() == 50.0


def test_norse_leaves_averages_out(tmp_path):
    """Without a word: the map goes on as it was."""
    path = tmp_path / "pool.nir"
    two, none = np.array([2, 2]), np.array([0, 0])
    size = nir.Input({"input": np.array([1, 4, 4])})
    flat = nir.Flatten({"input": np.array([1, 2, 2])}, 0, -1)
    pool = nir.AvgPool2d(two, two, none)
    nir.write(path, nir.NIRGraph.from_list(size, pool, flat))
    assert read("norse", path, [full(1.0, (1, 1, 4, 4))]).shape[-1] == 16


def test_snntorch_reads_no_if(tmp_path):
    """One of r = 1 gives a tuple in a graph, and would leak by 0.9."""
    path = tmp_path / "one.nir"
    for r, words in ((1.0, "got tuple"), (1 / DT, "r != 1 not supported")):
        one = nir.IF(r=full(r), v_threshold=full(1.0))
        nir.write(path, nir.NIRGraph.from_list(one))
        with pytest.raises(RuntimeError, match=words):
            read("snntorch", path, [full(0.6, (1, 1))])


def test_snntorch_knows_no_reset_potential(tmp_path):
    path = tmp_path / "one.nir"
    low = lif(v_reset=-4.0)
    right, found = answers("snntorch", path, low, inputs=[4.0, 1.5, 1.5])
    assert (right, found) == ([1.0, 0.0, 1.0], [1.0, 1.0, 1.0])
