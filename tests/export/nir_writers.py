"""SpikingJelly's writer of NIR, run in the peers' environment.

    python nir_writers.py NEURON GRAPH FRAMES OUTPUTS

Writes a CNN of event frames as the example `02_cnn` of NIR's paper is one, its
weights drawn; an .npy file of frames, (T, N, C, H, W); and one of (T, N, K),
what SpikingJelly's network gives for each.
"""

import sys

import numpy as np
import torch
from spikingjelly.activation_based import functional
from spikingjelly.activation_based import layer
from spikingjelly.activation_based import neuron
from spikingjelly.activation_based import nir_exchange

SHAPE = (6, 4, 2, 18, 18)  # T, N, C, H, W
NEURONS = {
    "if": lambda: neuron.IFNode(v_reset=0.0),
    "lif": lambda: neuron.LIFNode(tau=2.0, decay_input=False, v_reset=0.0),
}


def network(fire):
    torch.manual_seed(0)
    net = torch.nn.Sequential(
        layer.Conv2d(2, 4, 5, stride=2),
        fire(),
        layer.Conv2d(4, 6, 3, padding=1),
        fire(),
        layer.AvgPool2d(2),
        layer.Conv2d(6, 8, 3, padding=1),
        fire(),
        layer.AvgPool2d(2),
        layer.Flatten(),
        layer.Linear(8, 10),
        fire(),
    )
    for parameter in net.parameters():
        if parameter.dim() > 1:
            parameter *= 4  # so that every layer fires
    return net


def main(kind, path, frames, outputs):
    torch.set_num_threads(1)
    given = np.random.default_rng(3).normal(size=SHAPE).astype("float32")
    with torch.no_grad():
        net, x = network(NEURONS[kind]), torch.from_numpy(given)
        nir_exchange.export_to_nir(net, x[0], path)
        functional.reset_net(net)
        found = torch.stack([net(frame) for frame in x])
    np.save(frames, given)
    np.save(outputs, found.numpy())


if __name__ == "__main__":
    main(*sys.argv[1:])
