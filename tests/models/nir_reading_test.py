"""What a NIR graph becomes computes what its equations say."""

import numpy as np
import pytest
from keras import ops

from kerassnn import layers
from kerassnn import models
from kerassnn.export.nir_runner import run_nir
from tests.models.stepwise_test import student

nir = pytest.importorskip("nir")
pytestmark = pytest.mark.numeric
rng = np.random.default_rng(5)


def dyadic(*shape):
    """Sixty-fourths, whose sums float32 holds exactly."""
    return (rng.integers(-32, 36, shape) / 64).astype("float32")


def full(shape, value):
    return np.full(shape, value, "float32")


def convolution(shape, inputs, outputs, size=3, stride=1, padding=1, groups=1):
    return nir.Conv2d(
        input_shape=shape,
        weight=dyadic(outputs, inputs // groups, size, size),
        stride=(stride, stride),
        padding=(padding, padding),
        dilation=(1, 1),
        groups=groups,
        bias=dyadic(outputs),
    )


def fire(*shape):
    return nir.IF(r=full(shape, 1), v_threshold=full(shape, 1))


def sum_pool():
    two = np.array([2, 2])
    return nir.SumPool2d(two, two, np.array([0, 0]))


def flatten(*shape):
    given = {"input": np.array(shape)}
    return nir.Flatten(given, start_dim=0, end_dim=-1)


def cnn():
    """As the network of NIR's paper that Sinabs wrote for N-MNIST."""
    return nir.NIRGraph.from_list(
        nir.Input({"input": np.array([2, 18, 18])}),
        convolution((18, 18), 2, 4, size=5, stride=2),
        fire(4, 8, 8),
        convolution((8, 8), 4, 6),
        fire(6, 8, 8),
        sum_pool(),
        convolution((4, 4), 6, 4),
        fire(4, 4, 4),
        sum_pool(),
        flatten(4, 2, 2),
        nir.Linear(dyadic(12, 16)),
        fire(12),
        nir.Affine(dyadic(5, 12), dyadic(5)),
        fire(5),
    )


def check(graph, frames, dt, tolerance=0.0):
    """Frames (T, N, ...) with the channels first."""
    net = models.from_nir(graph, len(frames), dt=dt)
    expected = np.mean(run_nir(graph, list(frames), dt), axis=0)
    given = np.moveaxis(np.swapaxes(frames, 0, 1), 2, -1)
    found = ops.convert_to_numpy(net(given, training=False))
    assert expected.std() > 0.01
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance)
    return net


def test_a_convolutional_network_written_by_others(tmp_path):
    nir.write(tmp_path / "cnn.nir", cnn())
    graph = nir.read(tmp_path / "cnn.nir")
    often = np.array([0.05, 0.3, 0.8]).reshape(3, 1, 1, 1)
    frames = (rng.random((9, 3, 2, 18, 18)) < often).astype("float32")
    check(graph, frames, dt=1.0)
    net = models.from_nir(tmp_path / "cnn.nir", 9, dt=1.0)
    assert net.input_shape == (None, 9, 18, 18, 2)
    assert net.output_shape == (None, 5)


def leaky(kind=nir.LIF, **changes):
    constants = {"tau": 2e-4, "r": 0.5, "v_leak": 0.25, "v_reset": 0.25}
    if kind is nir.CubaLIF:
        constants = {**constants, "tau_mem": 2e-4, "tau_syn": 1e-4, "w_in": 3}
        del constants["tau"]
    constants = {**constants, "v_threshold": 0.5, **changes}
    return kind(**{k: full((4,), v) for k, v in constants.items()})


@pytest.mark.parametrize(
    "node", [leaky(), leaky(nir.CubaLIF), nir.Scale(full((4,), 0.75))]
)
def test_nodes_on_vectors(node):
    graph = nir.NIRGraph.from_list(node, nir.Affine(dyadic(3, 4), dyadic(3)))
    frames = rng.normal(size=(5, 3, 4)).astype("float32") * 3
    check(graph, frames, dt=1e-4, tolerance=1e-5)


def test_a_sequence_convolution_and_an_average():
    line = nir.Conv1d(8, dyadic(4, 2, 3), 2, 1, 1, 1, dyadic(4))
    graph = nir.NIRGraph.from_list(
        line, flatten(4, 4), nir.Affine(dyadic(3, 16), dyadic(3))
    )
    frames = rng.normal(size=(2, 3, 2, 8)).astype("float32")
    check(graph, frames, dt=1.0, tolerance=1e-4)
    two = np.array([2, 2])
    graph = nir.NIRGraph.from_list(
        nir.Input({"input": np.array([2, 4, 4])}),
        nir.AvgPool2d(two, two, np.array([0, 0])),
        flatten(2, 2, 2),
        nir.Affine(dyadic(3, 8), dyadic(3)),
    )
    frames = rng.normal(size=(2, 3, 2, 4, 4)).astype("float32")
    check(graph, frames, dt=1.0, tolerance=1e-4)


@pytest.mark.slow
def test_a_student_comes_back(tmp_path):
    from kerassnn import export

    net = student("ResNet8", layers.LIF())
    export.nir(net, tmp_path / "net.nir")
    again = models.from_nir(tmp_path / "net.nir", 3, images=True)
    x = rng.normal(size=(8, *net.input_shape[1:])).astype("float32")
    expected = ops.convert_to_numpy(net(x, training=False))
    found = ops.convert_to_numpy(again(x, training=False))
    close = np.isclose(found, expected, rtol=1e-4, atol=1e-4).all(axis=1)
    assert close.sum() >= 7
    kinds = [type(layer).__name__ for layer in again.layers]
    assert kinds.count("LIF") == sum(
        isinstance(layer, layers.LIF) for layer in net.layers
    )


@pytest.mark.parametrize(
    ("node", "words"),
    [
        (nir.Threshold(full((4,), 1.0)), "is a Threshold"),
        (nir.Delay(full((4,), 1e-4)), "is a Delay"),
        (nir.I(full((4,), 1.0)), "is a I"),
        (nir.Scale(np.arange(4.0)), "another scale for each"),
        (leaky(nir.CubaLIF, tau_syn=2e-4), "keeps its current"),
        (leaky(v_leak=0.0), "leaks to another potential"),
        (leaky(tau=0.5e-4), "has constants no neuron here has"),
        (leaky(r=np.nan), "not finite"),
        (leaky(v_threshold=[1, 2, 3, 4]), "another v_threshold for each"),
    ],
)
def test_what_has_no_layer_is_refused_by_name(node, words):
    graph = nir.NIRGraph.from_list(node, nir.Affine(dyadic(3, 4), dyadic(3)))
    with pytest.raises(ValueError, match=words) as caught:
        models.from_nir(graph, 2)
    assert f"node '{type(node).__name__.lower()}'" in str(caught.value)


def test_a_cycle_is_refused():
    graph = nir.NIRGraph.from_list(leaky(), nir.Linear(dyadic(4, 4)))
    graph.edges.append(("linear", "lif"))
    with pytest.raises(ValueError, match="expected no cycle"):
        models.from_nir(graph, 2)


def damaged(path, how):
    import h5py

    nir.write(path, nir.NIRGraph.from_list(leaky()))
    if how == "cut":
        path.write_bytes(path.read_bytes()[:900])
    elif how == "text":
        path.write_text("no graph")
    elif how == "node":
        nir.write(path, leaky())
    else:
        with h5py.File(path, "r+") as file:
            nodes = file["node/nodes"]
            if how == "link":
                nodes["lif/r2"] = h5py.ExternalLink("/etc/hosts", "/")
            elif how == "large":
                nodes["lif"].create_dataset("more", (1 << 40,), chunks=(1024,))
            elif how == "loop":
                nodes["lif/inner"] = nodes
            elif how == "kind":
                del nodes["lif/type"]
                nodes["lif/type"] = "os"


@pytest.mark.parametrize(
    "how", ["cut", "kind", "large", "link", "loop", "node", "text"]
)
def test_a_malformed_file_is_named(tmp_path, how):
    path = tmp_path / "bad.nir"
    damaged(path, how)
    with pytest.raises(ValueError, match="bad.nir"):
        models.from_nir(path, 2)
