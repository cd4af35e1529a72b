"""The CNN of NIR's paper, in its shapes, beside a simulation in NumPy.

`paper/02_cnn` of the repository neuromorphs/NIR: Sinabs wrote a network for
frames of N-MNIST, of 34x34 pixels and two polarities. Weights here are drawn.
"""

import keras
import numpy as np
import pytest
from keras import ops

from kerassnn import models
from tests.reference.nir import simulate

nir = pytest.importorskip("nir")
pytestmark = pytest.mark.numeric
STEPS = 8  # a power of two, so that no mean is rounded


def drawn(rng, *shape):
    """Sixty-fourths, whose sums float32 holds exactly."""
    return (rng.integers(-24, 29, shape) / 64).astype("float32")


def neuron(kind, *shape):
    """Constants that are powers of two, so that no step is rounded."""
    values = {"r": 1.0, "v_threshold": 1.0, "v_reset": 0.0}
    if kind != "IF":
        values |= {"v_leak": 0.0, "r": 2.0}
    if kind == "LIF":
        values |= {"tau": 2.0}
    if kind == "CubaLIF":
        values |= {"tau_mem": 2.0, "tau_syn": 1.0, "w_in": 0.5}
    full = {k: np.full(shape, v, "float32") for k, v in values.items()}
    return kind, full


def convolution(rng, side, inputs, outputs, size, stride):
    values = {
        "input_shape": (side, side),
        "weight": drawn(rng, outputs, inputs, size, size),
        "stride": (stride, stride),
        "padding": (1, 1),
        "dilation": (1, 1),
        "groups": 1,
        "bias": np.zeros(outputs, "float32"),
    }
    return "Conv2d", values


def pool():
    two = np.array([2, 2])
    return "SumPool2d", {
        "kernel_size": two,
        "stride": two,
        "padding": np.array([0, 0]),
    }


def paper(kind="IF", head="Linear"):
    """The nodes in order; Sinabs writes `IF` and layers without bias."""
    rng = np.random.default_rng(3)
    bias = {"bias": drawn(rng, 256)} if head == "Affine" else {}
    flat = {"input_type": {"input": np.array([8, 4, 4])}}
    return [
        convolution(rng, 34, 2, 16, 5, 2),
        neuron(kind, 16, 16, 16),
        convolution(rng, 16, 16, 16, 3, 1),
        neuron(kind, 16, 16, 16),
        pool(),
        convolution(rng, 8, 16, 8, 3, 1),
        neuron(kind, 8, 8, 8),
        pool(),
        ("Flatten", {**flat, "start_dim": 0, "end_dim": -1}),
        (head, {"weight": drawn(rng, 256, 128), **bias}),
        neuron(kind, 256),
        ("Linear", {"weight": drawn(rng, 10, 256)}),
        neuron(kind, 10),
    ]


def graph(nodes):
    """With the names of a torch.nn.Sequential, as Sinabs gives them."""
    made = {"input": nir.Input({"input": np.array([2, 34, 34])})}
    for index, (kind, values) in enumerate(nodes):
        made[str(index)] = getattr(nir, kind)(**values)
    made["output"] = nir.Output({"output": np.array([10])})
    names = list(made)
    return nir.NIRGraph(made, list(zip(names, names[1:], strict=False)))


def frames():
    """(T, N, C, H, W): few events in one recording, many in another."""
    often = np.array([0.02, 0.1, 0.4]).reshape(1, 3, 1, 1, 1)
    rng = np.random.default_rng(4)
    return (rng.random((STEPS, 3, 2, 34, 34)) < often).astype("float32")


def channels_last(x):
    """From (T, N, C, ...) to (N, T, ..., C)."""
    return np.moveaxis(np.swapaxes(x, 0, 1), 2, -1)


@pytest.mark.parametrize(
    ("kind", "head"),
    [("IF", "Linear"), ("LIF", "Affine"), ("CubaLIF", "Affine")],
)
def test_every_neuron_fires_when_numpys_does(tmp_path, kind, head):
    nodes, given = paper(kind, head), frames()
    nir.write(tmp_path / "cnn.nir", graph(nodes))
    net = models.from_nir(tmp_path / "cnn.nir", STEPS, dt=1.0)
    expected = simulate(nodes, given, dt=1.0)
    x = channels_last(given)
    assert net.input_shape == (None, STEPS, 34, 34, 2)
    found = ops.convert_to_numpy(net(x, training=False))
    np.testing.assert_array_equal(found, expected[-1].mean(axis=0))
    firing = [i for i, (name, _) in enumerate(nodes) if name == kind]
    layers = [net.get_layer(f"node_{i}").output for i in firing]
    spikes = keras.Model(net.input, layers)(x, training=False)
    for index, own in zip(firing, spikes, strict=True):
        wanted = channels_last(expected[index])
        assert 0.001 < wanted.mean() < 0.9, index
        np.testing.assert_array_equal(ops.convert_to_numpy(own), wanted)


def changed(index, **values):
    def change(nodes):
        kind, own = nodes[index]
        nodes[index] = kind, {**own, **values}

    return change


def replaced(index, node):
    def change(nodes):
        nodes[index] = node

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            replaced(
                3,
                (
                    "CubaLIF",
                    {
                        **neuron("CubaLIF", 16, 16, 16)[1],
                        "tau_syn": np.full((16, 16, 16), 4.0),
                    },
                ),
            ),
            "node '3'.*keeps its current",
        ),
        (
            changed(6, v_threshold=np.arange(512.0).reshape(8, 8, 8)),
            "node '6'.*another v_threshold for each neuron",
        ),
        (
            changed(5, padding="same", stride=(2, 2)),
            "node '5'.*NIR leaves open",
        ),
        (replaced(12, ("Delay", {"delay": np.ones(10)})), "node '12'.*a Delay"),
        (
            replaced(12, ("Threshold", {"threshold": np.ones(10)})),
            "node '12'.*a Threshold",
        ),
    ],
)
def test_what_it_may_not_hold_is_refused_by_name(tmp_path, change, words):
    nodes = paper()
    change(nodes)
    path = tmp_path / "cnn.nir"
    nir.write(path, graph(nodes))
    with pytest.raises(ValueError, match=words) as caught:
        models.from_nir(path, STEPS, dt=1.0)
    assert "cnn.nir" in str(caught.value)
